"""Runs the statement of a model in SQLite: a file with the statement, a file with the table as JSON; prints what it answers."""

import json
import sqlite3
import sys

statement, table = sys.argv[1:]
with open(table, encoding="utf-8") as file:
    table = json.load(file)
database = sqlite3.connect(":memory:")
try:
    database.execute("SELECT LN(1.0), SQRT(1.0)")
except sqlite3.OperationalError:
    sys.exit(77)  # built without logarithms


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


columns = ", ".join(f"{quoted(column['name'])} {column['type']}" for column in table["columns"])
database.execute(f"CREATE TABLE customers ({columns})")
marks = ", ".join("?" for _ in table["columns"])
database.executemany(f"INSERT INTO customers VALUES ({marks})", zip(*(column["cells"] for column in table["columns"])))
with open(statement, encoding="utf-8") as file:
    print(json.dumps(database.execute(file.read()).fetchall()))
