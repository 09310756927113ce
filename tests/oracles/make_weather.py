#!/usr/bin/env python3
"""Bad weather: data on which everything ties, or nearly everything is equal, with what scikit-learn and SciPy say of it.

Run: python tests/oracles/make_weather.py   (writes weather.json beside itself; made with scikit-learn 1.9.1, SciPy 1.17.1)
"""
import json, pathlib, warnings

import numpy as np
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import DBSCAN, KMeans

warnings.filterwarnings("ignore")


def data_sets():
    rng = np.random.default_rng(5)
    lattice = np.array([[i, j] for i in range(12) for j in range(12)], float)
    few = rng.integers(0, 40, (12, 3)).astype(float)
    duplicated = few[rng.integers(0, 12, 150)]
    outlier = np.vstack([rng.normal(0, 1, (120, 2)).round(3), [[1e9, -1e9]]])
    wide = (rng.normal(0, 1, (45, 200)) + np.repeat([0, 3, 6], 15)[:, None]).round(2)
    steps = rng.integers(0, 3, (180, 4)).astype(float)
    return {"lattice": (lattice, (1.0, 1.4142135623730951, 2.0)), "duplicated": (duplicated, (1e-9, 10.0, 20.0)),
            "outlier": (outlier, (0.2, 0.5, 2.0)), "wide": (wide, (18.0, 20.0, 60.0)), "steps": (steps, (1.0, 1.4142135623730951))}


def facts(X, epsilons):
    out = {"n_cols": X.shape[1], "values": X.ravel().tolist()}
    out["kmeans"] = [{"k": k, "inertia": float(np.mean([KMeans(k, n_init=10, random_state=s).fit(X).inertia_ for s in range(5)]))} for k in (2, 4, 7, 11)]
    out["single"] = linkage(X, "single")[:, 2].tolist()
    out["dbscan"] = [{"epsilon": e, "min_samples": m, "labels": DBSCAN(eps=e, min_samples=m).fit_predict(X).tolist()}
                     for e in epsilons for m in (1, 5, 9)]
    return out


here = pathlib.Path(__file__).parent
sets = {name: facts(*data) for name, data in data_sets().items()}
(here / "weather.json").write_text(json.dumps(sets, separators=(",", ":")) + "\n")
