"""Runs the statement of a model in DuckDB: a file with the statement, a file with the table as JSON; prints what it answers."""

import json
import sys

try:
    import duckdb
except ImportError:
    sys.exit(77)

statement, table = sys.argv[1:]
with open(table, encoding="utf-8") as file:
    columns = json.load(file)["columns"]
types = {"REAL": "DOUBLE", "INTEGER": "BIGINT", "TEXT": "VARCHAR"}
database = duckdb.connect()
named = ", ".join('"' + column["name"].replace('"', '""') + '" ' + types[column["type"]] for column in columns)
database.execute(f"CREATE TABLE customers ({named})")
marks = ", ".join("?" for _ in columns)
database.executemany(f"INSERT INTO customers VALUES ({marks})", list(zip(*(column["cells"] for column in columns))))
with open(statement, encoding="utf-8") as file:
    print(json.dumps(database.execute(file.read()).fetchall()))
