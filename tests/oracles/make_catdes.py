"""Freezes tests/oracles/catdes.csv: v.test of category levels as in FactoMineR's catdes, computed with SciPy's hypergeom and norm.

Run: python make_catdes.py > catdes.csv   (made with SciPy 1.17.1)
"""
from scipy.stats import hypergeom, norm

CASES = [
    (2, 2, 2, 4), (3, 5, 4, 12), (0, 5, 4, 12), (10, 30, 50, 300), (25, 30, 50, 300), (0, 40, 60, 200), (40, 40, 60, 200),
    (120, 1000, 1000, 10000), (100, 1000, 1000, 10000), (80, 1000, 1000, 10000), (250, 1000, 1000, 10000), (7, 900, 20, 1000),
    (20, 900, 20, 1000), (5000, 20000, 20000, 100000), (1, 31, 2, 5000), (600, 20000, 2500, 100000), (3300, 10000, 33000, 100000), (30, 40, 40, 80),
]

print("inside,members,level,all,z")
for x, n, k, m in CASES:
    d = hypergeom(m, k, n)
    # catdes: min of the two sides; sf from logs where the tail is small, so that nothing cancels.
    above, below, at = d.sf(x), d.cdf(x - 1), d.pmf(x)
    half = min(above, below) + at / 2
    half = min(half, 0.5)
    over = x * m > n * k
    z = norm.isf(half) * (1 if over else -1)
    print(f"{x},{n},{k},{m},{z!r}".replace("np.float64(", "").replace(")", ""))
