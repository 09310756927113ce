#!/usr/bin/env python3
"""Pairs of labelings with what scikit-learn and SciPy say of them.

Run: python tests/oracles/make_comparing.py   (writes comparing.json beside itself)
"""
import json, pathlib

import numpy as np, scipy, sklearn
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix


def case(name, left, right):
    left, right = np.asarray(left), np.asarray(right)
    table = contingency_matrix(left, right)
    # Clusters pair with clusters, noise with noise alone.
    clusters = table[np.unique(left) >= 0][:, np.unique(right) >= 0]
    matched = sum(clusters[i, j] for i, j in zip(*linear_sum_assignment(-clusters)))
    matched += int(((left < 0) & (right < 0)).sum())
    return {
        "name": name, "left": left.tolist(), "right": right.tolist(), "table": table.tolist(),
        "adjusted_rand": float(adjusted_rand_score(left, right)), "matched": int(matched),
    }


X, y = make_blobs(240, 3, centers=5, cluster_std=1.8, random_state=4)
fits = {k: KMeans(k, n_init=5, random_state=0).fit_predict(X) for k in (1, 4, 6)}
ward = AgglomerativeClustering(5).fit_predict(X)
dense, sparse = (DBSCAN(eps=eps, min_samples=5).fit_predict(X) for eps in (1.6, 1.2))
rng = np.random.default_rng(5)
cases = [
    case("four against six", fits[4], fits[6]),
    case("ward against k-means", ward, fits[6]),
    case("one against many", fits[1], fits[6]),
    case("noise on one side", fits[4], dense),
    case("noise on both sides", sparse, dense),
    case("a known column with missing values", np.where(rng.random(240) < 0.1, -1, y), fits[6]),
    case("nothing in common", rng.integers(0, 4, 240), fits[4]),
    case("all noise", np.full(240, -1), fits[4]),
]
frozen = {"scikit_learn": sklearn.__version__, "scipy": scipy.__version__, "cases": cases}
(pathlib.Path(__file__).parent / "comparing.json").write_text(json.dumps(frozen, separators=(",", ":")) + "\n")
for entry in cases:
    print(entry["name"], entry["adjusted_rand"], entry["matched"], np.array(entry["table"]).shape)
