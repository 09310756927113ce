"""Freezes Hedges' g of ramps with its 95 % interval, worked out with NumPy and SciPy from the definitions.

g = J d with J = 1 - 3 / (4 n - 9); variance n / (n1 n2) + g^2 / (2 (n - 3.94)), as statsmodels' effectsize_smd has it.
Run: python make_intervals.py > intervals.csv
"""

import numpy as np
from scipy import stats

print("n1,n2,difference,g,low,high")
for n1, n2, difference in [(10, 12, 1.5), (31, 400, 0.6), (150, 450, -2.0), (7, 7, 0.0), (1000, 9000, 0.25), (50, 20, 4.0)]:
    a, b = np.arange(n1) % 7 + difference, np.arange(n2) % 7
    n = n1 + n2
    pooled = np.sqrt(((n1 - 1) * a.var(ddof=1) + (n2 - 1) * b.var(ddof=1)) / (n - 2))
    g = (a.mean() - b.mean()) / pooled * (1 - 3 / (4 * n - 9))
    half = stats.norm.ppf(0.975) * np.sqrt(n / (n1 * n2) + g**2 / (2 * (n - 3.94)))
    print(f"{n1},{n2},{difference},{g:.12f},{g - half:.12f},{g + half:.12f}")
