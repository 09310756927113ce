#!/usr/bin/env python3
"""What scikit-learn's HDBSCAN says of the data sets in oracles.json.

Run: python tests/oracles/make_hdbscan.py   (writes hdbscan.json beside itself; made with scikit-learn 1.9.1)
"""
import json, pathlib

import numpy as np, sklearn
from sklearn.cluster import HDBSCAN

here = pathlib.Path(__file__).parent
sets = json.loads((here / "oracles.json").read_text())["sets"]
frozen = []
for name, data in sets.items():
    if name == "survey":  # With this many ties scikit-learn's answer follows the order of the rows.
        continue
    X = np.array(data["values"]).reshape(-1, data["n_cols"])
    for min_samples in (1, 4, 9):
        for min_cluster_size in (5, 12, 25):
            fit = HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, algorithm="kd_tree", copy=True).fit(X)
            frozen.append({
                "set": name, "min_samples": min_samples, "min_cluster_size": min_cluster_size,
                "labels": fit.labels_.tolist(), "probabilities": [round(p, 12) for p in fit.probabilities_.tolist()],
            })
(here / "hdbscan.json").write_text(json.dumps({"scikit_learn": sklearn.__version__, "fits": frozen}, separators=(",", ":")) + "\n")
