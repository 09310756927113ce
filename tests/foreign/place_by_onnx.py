"""Places customers by an ONNX graph: a file with the graph, a file with the table as JSON; prints customer, persona, its name and the distance."""

import json
import sys

from shop_table import columns_of

try:
    import numpy as np
    import onnxruntime
except ImportError:
    sys.exit(77)

graph, table = sys.argv[1:]
session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
cells = {column["name"]: column["cells"] for column in columns_of(table)}
values = {}
for given in session.get_inputs():
    if given.type == "tensor(double)":
        column = np.array([np.nan if cell is None else cell for cell in cells[given.name]], dtype=np.float64)
    else:
        column = np.array(["" if cell is None else str(cell) for cell in cells[given.name]], dtype=object)
    values[given.name] = column.reshape(-1, 1)
persona, name, distance = session.run(["persona", "persona_name", "persona_distance"], values)
distance = [None if np.isnan(far) else far for far in distance.tolist()]
print(json.dumps([list(found) for found in zip(cells["customer"], persona.tolist(), name.tolist(), distance)]))
