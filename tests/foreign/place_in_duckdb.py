"""Runs the statement of a model in DuckDB: a file with the statement, a file with the table as JSON; prints what it answers."""

import json
import sys

from shop_table import columns_of, quoted, rows_of, text_of

try:
    import duckdb
except ImportError:
    sys.exit(77)

statement, table = sys.argv[1:]
columns = columns_of(table)
types = {"REAL": "DOUBLE", "INTEGER": "BIGINT", "TEXT": "VARCHAR"}
database = duckdb.connect()
named = ", ".join(f"{quoted(column['name'])} {types[column['type']]}" for column in columns)
database.execute(f"CREATE TABLE customers ({named})")
marks = ", ".join("?" for _ in columns)
database.executemany(f"INSERT INTO customers VALUES ({marks})", rows_of(columns))
print(json.dumps(database.execute(text_of(statement)).fetchall(), default=str))
