"""Places customers by a PMML document: a file with the document, a file with the table as JSON; prints customer, persona and its name."""

import json
import shutil
import sys

from shop_table import columns_of, rows_of

try:
    from pypmml import Model
except ImportError:
    sys.exit(77)
if not shutil.which("java"):
    sys.exit(77)

document, table = sys.argv[1:]
columns = columns_of(table)
model = Model.load(document)
placed = []
for row in rows_of(columns):
    values = {column["name"]: cell for column, cell in zip(columns, row)}
    found = model.predict(values)
    placed.append([values["customer"], int(found["persona"]), found["persona_name"]])
print(json.dumps(placed))
Model.close()
