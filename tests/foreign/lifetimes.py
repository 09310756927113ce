"""Fetches the lifetimes package from the package index and prints what its summary of the CDNOW sample says.

usage: lifetimes.py FOLDER; the sample's transactions are left there as cdnow.txt. Exit code 77 where the package cannot be had.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

folder = Path(sys.argv[1])
fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "lifetimes==0.11.3", "-d", str(folder)]
try:
    fetched = subprocess.run(fetch, capture_output=True, timeout=120).returncode == 0
except (OSError, subprocess.TimeoutExpired):
    fetched = False
wheel = next(folder.glob("[Ll]ifetimes-*.whl"), None)
if not fetched or wheel is None:
    sys.exit(77)
with zipfile.ZipFile(wheel) as package:
    (folder / "cdnow.txt").write_bytes(package.read("lifetimes/datasets/CDNOW_sample.txt"))
    summary = io.StringIO(package.read("lifetimes/datasets/cdnow_customers_summary.csv").decode())
rows = csv.DictReader(summary)
print(json.dumps([[int(row["ID"]), float(row["frequency"]), float(row["recency"]), float(row["T"])] for row in rows]))
