#!/usr/bin/env python3
"""Frozen numbers for tests/it/preparing.rs: FAMD and PCA of two tiny tables, in plain numpy.

FAMD (Pages 2004) as FactoMineR and prince compute it: z-scored numbers (population sd), indicators divided by the square root of the level's
share and centred, then PCA with weights 1/n. Run: python tests/oracles/make_famd.py > tests/fixtures/famd.json
"""
import json

import numpy as np

rng = np.random.default_rng(11)
n = 40
group = rng.integers(0, 3, n)
spend = np.round(50 + 30 * group + 8 * rng.standard_normal(n), 2)
visits = np.round(10 - 2 * group + 2 * rng.standard_normal(n), 2)
channel = np.array(["web", "app", "store"])[(group + (rng.random(n) < 0.2)) % 3]
plan = np.where(rng.random(n) < 0.4, "gold", "basic")


def pca(X):
    X = X - X.mean(0)
    values, vectors = np.linalg.eigh(X.T @ X / len(X))
    order = np.argsort(-values)
    values, vectors = values[order], vectors[:, order]
    for c in range(vectors.shape[1]):
        if vectors[np.argmax(np.abs(vectors[:, c])), c] < 0:
            vectors[:, c] *= -1
    return values, vectors, X @ vectors


def levels(column):
    names, first, counts = np.unique(column, return_index=True, return_counts=True)
    return [names[i] for i in sorted(range(len(names)), key=lambda i: (-counts[i], first[i]))]


Z = np.column_stack([(v - v.mean()) / v.std() for v in (spend, visits)])
names, blocks = ["spend", "visits"], [Z]
for title, column in (("channel", channel), ("plan", plan)):
    for level in levels(column):
        share = np.mean(column == level)
        blocks.append(((column == level) / np.sqrt(share) - np.sqrt(share))[:, None])
        names.append(f"{title} = {level}")
famd_values, famd_vectors, famd_scores = pca(np.hstack(blocks))
pca_values, pca_vectors, pca_scores = pca(np.column_stack([spend, visits]))
rows = ["spend,visits,channel,plan"] + [f"{a},{b},{c},{d}" for a, b, c, d in zip(spend, visits, channel, plan)]
print(json.dumps({
    "csv": "\n".join(rows) + "\n",
    "famd": {"names": names, "eigenvalues": famd_values.tolist(), "first_loadings": famd_vectors[:, 0].tolist(), "first_scores": famd_scores[:, 0].tolist()},
    "pca": {"eigenvalues": pca_values.tolist(), "loadings": pca_vectors.T.tolist(), "first_scores": pca_scores[:, 0].tolist()},
}, indent=1))
