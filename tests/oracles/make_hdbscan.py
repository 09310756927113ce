#!/usr/bin/env python3
"""What scikit-learn's HDBSCAN says of the data sets in oracles.json.

Run: python tests/oracles/make_hdbscan.py   (writes hdbscan.json beside itself; made with scikit-learn 1.9.1)
"""
import json, pathlib

import numpy as np, sklearn
from sklearn.cluster import HDBSCAN
from sklearn.cluster._hdbscan._tree import _condense_tree


def empty_branches(fit, min_cluster_size):
    """Branches that end where they begin: small parts that meet at equal distances, joined one by one. They end larger branches early."""
    tree = _condense_tree(fit._single_linkage_tree_, min_cluster_size)
    births = {row["child"]: row["value"] for row in tree if row["cluster_size"] > 1}
    return sum(all(row["value"] == birth for row in tree if row["parent"] == child) for child, birth in births.items())


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
                "empty_branches": empty_branches(fit, min_cluster_size), "labels": fit.labels_.tolist(), "probabilities": [round(p, 12) for p in fit.probabilities_.tolist()],
            })
(here / "hdbscan.json").write_text(json.dumps({"scikit_learn": sklearn.__version__, "fits": frozen}, separators=(",", ":")) + "\n")
