"""Does `personae pull` bring the rows of a PostgreSQL server, and keep the password to itself? Called with the program and a folder."""

import glob
import hashlib
import importlib.util
import json
import os
import socket
import subprocess
import sys

if importlib.util.find_spec("adbc_driver_postgresql") is None or importlib.util.find_spec("polars") is None:
    sys.exit(77)
import polars

from postgresql import Server

program, results = sys.argv[1:]
SECRET = "p@ss/w:örd {1}"


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = Server()
# Who comes by the network needs the password.
server.start(f"-c listen_addresses=127.0.0.1 -c port={port}", network="host all all 127.0.0.1/32 password")
try:
    table = """CREATE TABLE orders AS SELECT i AS id, 'C' || (i % 500) AS customer, DATE '2026-01-01' + (i % 300) AS day,
        (i % 97)::numeric(12, 2) / 4 AS amount, ARRAY[1, 2] AS tags, i % 2 = 0 AS ok FROM generate_series(0, 9999) AS t(i)"""
    psql = server.psql(port=port)
    server.run(*psql, "-c", f"ALTER USER shop PASSWORD '{SECRET}'", "-c", table)
    surroundings = {**os.environ, "VIRTUAL_ENV": sys.prefix, "SHOP_PASSWORD": SECRET, "RUST_LOG": "trace"}

    def pull(password, *arguments):
        address = f"postgresql://shop:{password}@127.0.0.1:{port}/postgres"
        done = subprocess.run([program, "pull", address, *arguments], capture_output=True, text=True, env=surroundings)
        return [done.returncode, done.stdout, done.stderr]

    out = os.path.join(results, "orders.arrow")
    told = {"pulled": pull("{SHOP_PASSWORD}", "--table", "public.orders", "--out", out)}
    came = polars.read_ipc(out)
    told["columns"] = {name: str(kind) for name, kind in came.schema.items()}
    told["sum"] = came["amount"].sum() - sum(at % 97 / 4 for at in range(10000))
    sampled = os.path.join(results, "sample.arrow")
    told["sampled"] = pull("{SHOP_PASSWORD}", "--table", "orders", "--sample", "0.2", "--key", "customer", "--out", sampled)
    kept = {customer for customer in came["customer"].unique() if hashlib.md5(customer.encode()).hexdigest()[:8] < "33333333"}
    told["sample"] = [len(kept), set(polars.read_ipc(sampled)["customer"]) == kept]
    changing = "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone"
    told["changed"] = pull("{SHOP_PASSWORD}", "--query", changing, "--out", os.path.join(results, "changed.arrow"))
    told["still"] = server.run(*psql, "-A", "-t", "-c", "SELECT COUNT(*) FROM orders").strip()
    told["refused"] = pull("hunter2secret", "--table", "orders", "--out", out)
    told["unnamed"] = pull("{NOBODY_SET_THIS}", "--table", "orders", "--out", out)
    texts = "".join(text for ran in told.values() if isinstance(ran, list) for text in ran if isinstance(text, str))
    written = b"".join(open(path, "rb").read() for path in glob.glob(os.path.join(results, "**"), recursive=True) if os.path.isfile(path))
    secrets = [SECRET, "p%40ss%2Fw%3A%C3%B6rd%20%7B1%7D", "hunter2secret"]
    told["secrets"] = [secret for secret in secrets if secret in texts or secret.encode() in written]
    print(json.dumps(told))
finally:
    server.stop()
