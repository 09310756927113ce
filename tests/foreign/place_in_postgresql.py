"""Runs the statement of a model in a PostgreSQL of its own: a file with the statement, a file with the table as JSON; prints what it answers.

A statement that merges is run twice on a table that has one customer with a wrong persona, and what stands in the table then is printed.
"""

import io
import sys

from postgresql import Server
from shop_table import columns_of, quoted, rows_of, text_of

statement, table = sys.argv[1:]
columns = columns_of(table)
statement = text_of(statement)

server = Server()
run = server.run
server.start("-c listen_addresses=''")
try:
    types = {"REAL": "DOUBLE PRECISION", "INTEGER": "BIGINT", "TEXT": "TEXT"}
    named = ", ".join(f"{quoted(column['name'])} {types[column['type']]}" for column in columns)
    rows = io.StringIO()
    # A missing value is written without quotes, an empty text with them.
    for row in rows_of(columns):
        cells = ["" if cell is None else '"' + cell.replace('"', '""') + '"' if isinstance(cell, str) else repr(cell) for cell in row]
        rows.write(",".join(cells) + "\n")
    psql = server.psql("-A", "-t")
    run(*psql, "-c", f"CREATE TABLE customers ({named})")
    run(*psql, "-c", "COPY customers FROM STDIN WITH (FORMAT csv)", text=rows.getvalue())
    if statement.startswith("MERGE"):
        run(*psql, "-c", "CREATE TABLE personas (customer BIGINT, persona INT, persona_name TEXT, persona_distance DOUBLE PRECISION)")
        run(*psql, "-c", "INSERT INTO personas VALUES (7, 99, 'wrong', -1)")
        run(*psql, "-c", statement)
        run(*psql, "-c", statement)
        statement = "SELECT * FROM personas"
    print(run(*psql, "-c", f"SELECT json_agg(json_build_array(customer, persona, persona_name, persona_distance)) FROM ({statement}) AS placed"))
finally:
    server.stop()
