"""Runs the statement of a model in SQLite: a file with the statement, a file with the table as JSON; prints what it answers."""

import json
import sqlite3
import sys

from shop_table import columns_of, quoted, rows_of, text_of

statement, table = sys.argv[1:]
columns = columns_of(table)
database = sqlite3.connect(":memory:")
try:
    database.execute("SELECT LN(1.0), SQRT(1.0)")
except sqlite3.OperationalError:
    sys.exit(77)  # built without logarithms

named = ", ".join(f"{quoted(column['name'])} {column['type']}" for column in columns)
database.execute(f"CREATE TABLE customers ({named})")
marks = ", ".join("?" for _ in columns)
database.executemany(f"INSERT INTO customers VALUES ({marks})", rows_of(columns))
print(json.dumps(database.execute(text_of(statement)).fetchall(), default=str))
