"""Does `personae pull` bring the rows of a SQLite database as they are? Called with the program and a folder."""

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys

if importlib.util.find_spec("adbc_driver_sqlite") is None or importlib.util.find_spec("polars") is None:
    sys.exit(77)
import polars

program, folder = sys.argv[1:]
database, out = os.path.join(folder, "shop.sqlite"), os.path.join(folder, "orders.arrow")
with sqlite3.connect(database) as connection:
    connection.execute("CREATE TABLE orders (id INTEGER, customer TEXT, amount REAL, photo BLOB, day DATE, at TEXT)")
    rows = [
        (at, f"C{at % 50}", at / 4 if at % 7 else None, b"x", f"2024-0{1 + at % 9}-1{at % 10}", f"2024-01-31 1{at % 10}:30:0{at % 10}")
        for at in range(5000)
    ]
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", rows)

surroundings = {**os.environ, "VIRTUAL_ENV": sys.prefix}


def pull(*arguments):
    done = subprocess.run([program, "pull", database, *arguments], capture_output=True, text=True, env=surroundings)
    return [done.returncode, done.stdout, done.stderr]


found = {"look": pull("--table", "orders", "--look"), "pulled": pull("--table", "orders", "--out", out)}
came = polars.read_ipc(out)
found["columns"] = came.columns
found["types"] = [str(kind) for kind in came.dtypes]
# Days and times that SQLite keeps as texts are days and times here.
told = came.with_columns(polars.col("day").cast(polars.String), polars.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"))
found["unlike"] = sum(1 for mine, theirs in zip(told.rows(), rows, strict=True) if mine != theirs[:3] + theirs[4:])
query = "SELECT customer, SUM(amount) AS spend FROM orders GROUP BY customer;"
found["query"] = pull("--query", query, "--out", out)
found["spend"] = polars.read_ipc(out)["spend"].sum() - sum(row[2] or 0 for row in rows)
found["nowhere"] = pull("--table", "nowhere", "--out", os.path.join(folder, "nowhere.arrow"))
found["changed"] = pull("--query", "WITH x AS (SELECT 1) DELETE FROM orders RETURNING id", "--out", os.path.join(folder, "nowhere.arrow"))
with sqlite3.connect(database) as connection:
    found["still"] = connection.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
found["left"] = sorted(name for name in os.listdir(folder) if name != "shop.sqlite")
print(json.dumps(found))
