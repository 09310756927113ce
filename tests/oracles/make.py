#!/usr/bin/env python3
"""Numbers frozen from scikit-learn and SciPy, on small data made here and stored with them.

Run: python tests/oracles/make.py   (writes oracles.json beside itself; made with scikit-learn 1.9.1, SciPy 1.17.1)
"""
import json, pathlib

import numpy as np, scipy, sklearn
from scipy.cluster.hierarchy import cut_tree, dendrogram, linkage
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score, silhouette_samples


def data_sets():
    blobs, _ = make_blobs(400, 4, centers=5, cluster_std=1.6, random_state=1)
    moons, _ = make_moons(240, noise=0.09, random_state=2)
    rng = np.random.default_rng(3)
    # Answers on a five point scale: many equal rows, many equal distances.
    survey = rng.integers(1, 6, (200, 3)).astype(float)
    wide = np.vstack([rng.normal(c, 1.0, (40, 12)) for c in (0.0, 2.5, 5.0)])
    return {"blobs": blobs, "moons": moons, "survey": survey, "wide": wide}


def facts(name, X):
    out = {"n_cols": X.shape[1], "values": X.ravel().tolist()}
    fits = {k: KMeans(k, n_init=10, random_state=0).fit(X) for k in (2, 3, 5, 8)}
    out["kmeans"] = [{"k": k, "inertia": f.inertia_} for k, f in fits.items()]
    out["silhouettes"] = [{"labels": f.labels_.tolist(), "samples": silhouette_samples(X, f.labels_).tolist()} for f in fits.values()]
    a, b = fits[3].labels_, fits[5].labels_
    out["adjusted_rand"] = adjusted_rand_score(a, b)
    out["linkage"] = []
    for method in ("ward", "average", "complete", "single", "weighted"):
        Z = linkage(X, method)
        entry = {"name": method, "heights": Z[:, 2].tolist()}
        if name != "survey":  # With ties the trees themselves may differ.
            entry["left"], entry["right"] = Z[:, 0].astype(int).tolist(), Z[:, 1].astype(int).tolist()
            entry["leaves"] = dendrogram(Z, no_plot=True)["leaves"]
            entry["cut5"] = cut_tree(Z, 5).ravel().tolist()
        out["linkage"].append(entry)
    out["dbscan"] = []
    epsilons = {"blobs": (0.8, 1.3, 1.9, 2.6), "moons": (0.06, 0.1, 0.14, 0.2), "survey": (0.0, 1.0, 1.4142135623730951), "wide": (3.0, 3.6, 4.2)}
    for eps in epsilons[name]:
        for min_samples in (1, 4, 9):
            fit = DBSCAN(eps=max(eps, 1e-9), min_samples=min_samples).fit(X)
            out["dbscan"].append({"epsilon": eps, "min_samples": min_samples, "labels": fit.labels_.tolist(), "core": fit.core_sample_indices_.tolist()})
    return out


here = pathlib.Path(__file__).parent
frozen = {"scikit_learn": sklearn.__version__, "scipy": scipy.__version__, "sets": {name: facts(name, X) for name, X in data_sets().items()}}
(here / "oracles.json").write_text(json.dumps(frozen, separators=(",", ":")) + "\n")
