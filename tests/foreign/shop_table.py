"""The table that tests hand to other programs: columns with name, type (REAL, INTEGER, TEXT) and cells."""

import json


def columns_of(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["columns"]


def rows_of(columns):
    return list(zip(*(column["cells"] for column in columns)))


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()
