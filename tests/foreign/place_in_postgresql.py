"""Runs the statement of a model in a PostgreSQL of its own: a file with the statement, a file with the table as JSON; prints what it answers.

A statement that merges is run twice on a table that has one customer with a wrong persona, and what stands in the table then is printed.
"""

import glob
import io
import os
import shutil
import subprocess
import sys
import tempfile

from shop_table import columns_of, quoted, rows_of, text_of

found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
if not found[-1]:
    sys.exit(77)
programs = os.path.dirname(found[-1])
statement, table = sys.argv[1:]
columns = columns_of(table)
statement = text_of(statement)

# The server refuses to be run by root.
as_server = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
if as_server and subprocess.run([*as_server, "true"], capture_output=True).returncode:
    sys.exit(77)
folder = tempfile.mkdtemp()
os.chmod(folder, 0o777)
data = os.path.join(folder, "data")


def run(*command, text=None):
    done = subprocess.run([*as_server, *command], input=text, capture_output=True, text=True, cwd=folder)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr}")
    return done.stdout


run(os.path.join(programs, "initdb"), "-D", data, "-A", "trust", "-U", "shop", "-E", "UTF8", "--locale=C")
server = [os.path.join(programs, "pg_ctl"), "-D", data, "-w", "-l", os.path.join(folder, "log")]
run(*server, "-o", f"-c listen_addresses='' -k {folder}", "start")
try:
    types = {"REAL": "DOUBLE PRECISION", "INTEGER": "BIGINT", "TEXT": "TEXT"}
    named = ", ".join(f"{quoted(column['name'])} {types[column['type']]}" for column in columns)
    rows = io.StringIO()
    # A missing value is written without quotes, an empty text with them.
    for row in rows_of(columns):
        cells = ["" if cell is None else '"' + cell.replace('"', '""') + '"' if isinstance(cell, str) else repr(cell) for cell in row]
        rows.write(",".join(cells) + "\n")
    psql = [os.path.join(programs, "psql"), "-h", folder, "-U", "shop", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-A", "-t"]
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
    run(*server, "-m", "immediate", "stop")
    if not as_server:
        shutil.rmtree(folder, ignore_errors=True)
