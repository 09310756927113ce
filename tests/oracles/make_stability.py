#!/usr/bin/env python3
"""Stability of clusters by an implementation of its own, in sets, on frozen draws.

Follows Hennig 2007 and fpc::clusterboot(bootmethod="boot", multipleboot=FALSE): rows drawn twice count once. For DBSCAN the repeats stay
in the data that are grouped and count once in the coefficient. Grouping is by scikit-learn and SciPy.

Run: python tests/oracles/make_stability.py   (writes stability.json beside itself; made with scikit-learn 1.9.1, SciPy 1.17.1)
"""
import json, pathlib

import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs

X, _ = make_blobs(90, 2, centers=[[0, 0], [4, 0], [8, 8]], cluster_std=[1.0, 1.0, 1.2], random_state=5)
rng = np.random.default_rng(6)
draws = [np.sort(rng.integers(0, len(X), len(X))) for _ in range(12)]

methods = {
    "kmeans 3": (lambda rows: KMeans(3, n_init=20, random_state=0).fit(rows).labels_, False),
    "ward 3": (lambda rows: cut_tree(linkage(rows, "ward"), 3).ravel(), False),
    "ward 5": (lambda rows: cut_tree(linkage(rows, "ward"), 5).ravel(), False),
    "average 4": (lambda rows: cut_tree(linkage(rows, "average"), 4).ravel(), False),
    "dbscan": (lambda rows: DBSCAN(eps=0.9, min_samples=5).fit(rows).labels_, True),
}


def clusters(rows, labels):
    return [{row for row, label in zip(rows, labels) if label == cluster} for cluster in sorted(set(labels) - {-1})]


def stability(group, counts_repeats):
    labels = [int(label) for label in group(X)]
    totals = [0.0] * (max(labels) + 1)
    for draw in draws:
        rows = draw if counts_repeats else np.unique(draw)
        found = clusters([int(row) for row in rows], group(X[rows]))
        drawn = {int(row) for row in rows}
        for at, old in enumerate(clusters(range(len(X)), labels)):
            old = old & drawn
            totals[at] += max((len(old & new) / len(old | new) for new in found), default=0.0)
    return {"labels": labels, "jaccard": [total / len(draws) for total in totals]}


frozen = {
    "n_cols": 2,
    "values": X.ravel().tolist(),
    "draws": [draw.tolist() for draw in draws],
    "methods": {name: stability(*method) for name, method in methods.items()},
}
(pathlib.Path(__file__).parent / "stability.json").write_text(json.dumps(frozen, separators=(",", ":")) + "\n")
