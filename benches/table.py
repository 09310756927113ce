"""The customer table of `personae table` beside the same aggregation written by hand in polars for Python: seconds of both in one run, peak
memory, and whether the tables agree.

usage: table.py [--bin target/release/personae] [--rows 10000000]        needs numpy and polars
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import polars as pl


def transactions(rows, path):
    """Orders of two or three lines over three years, most of few customers, 3 % returns; seeded."""
    rng = np.random.default_rng(7)
    orders = rows * 2 // 5
    customer = (rng.pareto(1.2, orders) * 60_000).astype(np.int64)
    customer = 100_000 + np.where(customer < 1_000_000, customer, rng.integers(0, 1_000_000, orders))
    day = np.sort(rng.integers(0, 3 * 365, orders))
    second = np.clip(rng.normal(15 * 3600, 4 * 3600, orders), 0, 86_399).astype(np.int64)
    when = np.datetime64("2021-01-01", "s").astype(np.int64) + day * 86_400 + second
    of = np.sort(rng.integers(0, orders, rows))
    amount = np.round(rng.lognormal(3, 1, rows), 2)
    amount[rng.random(rows) < 0.03] *= -1
    categories = np.array("Tools Garden Kitchen Toys Books Music Sports Beauty Food Shoes Shirts Office".split())
    columns = {
        "order_id": of + 1,
        "customer_id": customer[of],
        "order_date": when[of],
        "amount": amount,
        "category": categories[np.minimum(rng.geometric(0.2, rows) - 1, 11)],
        "channel": np.array(["web", "app", "store", "phone"])[rng.integers(0, 4, orders)][of],
    }
    pl.DataFrame(columns).with_columns(pl.from_epoch("order_date", "s")).write_parquet(path)


def by_hand(path, out):
    start = time.perf_counter()
    rows = pl.scan_parquet(path)
    last = rows.select(pl.col("order_date").dt.date().max()).collect(engine="streaming").item()
    levels = rows.group_by("channel").len().sort("len", "channel", descending=[True, False]).collect(engine="streaming")["channel"].to_list()
    channels = [level for level in levels if level is not None][:5]
    amount = pl.col("amount")
    rows = rows.with_columns(
        date=pl.col("order_date").dt.date(),
        hour=pl.col("order_date").dt.hour().cast(pl.Int32),
        weekday=pl.col("order_date").dt.date().dt.weekday().cast(pl.Int32),
        purchase=(amount >= 0).cast(pl.Int32),
        gross=pl.when(amount < 0).then(0.0).otherwise(amount),
        returned=pl.when(amount < 0).then(-amount).otherwise(0.0),
    ).with_columns(days_ago=(pl.lit(last) - pl.col("date")).dt.total_days().cast(pl.Int32) + 1)
    sums = rows.group_by("customer_id").agg(
        monetary=amount.sum(),
        returns_rate=pl.col("returned").sum() / pl.col("gross").sum(),
        **{
            f"share_channel_{level}": ((pl.col("purchase") == 1) & (pl.col("channel") == level)).sum() / pl.col("purchase").sum()
            for level in channels
        },
    )
    orders = rows.filter(purchase=1).select("customer_id", "order_id").unique().group_by("customer_id").agg(orders=pl.len())
    days = (
        rows.filter(purchase=1)
        .group_by("customer_id", "date")
        .agg(pl.col("days_ago").min(), pl.col("weekday").min(), pl.col("hour").min())
        .group_by("customer_id")
        .agg(
            recency_days=pl.col("days_ago").min(),
            frequency=pl.len(),
            tenure_days=pl.col("days_ago").max(),
            purchase_gap_days=(pl.col("days_ago").max() - pl.col("days_ago").min()) / (pl.len() - 1),
            weekend_share=(pl.col("weekday") >= 6).mean(),
            night_share=pl.col("hour").is_between(0, 5).mean(),
            morning_share=pl.col("hour").is_between(6, 11).mean(),
            afternoon_share=pl.col("hour").is_between(12, 17).mean(),
            evening_share=pl.col("hour").is_between(18, 23).mean(),
            first_purchase=pl.col("date").min(),
            last_purchase=pl.col("date").max(),
        )
    )
    categories = (
        rows.group_by("customer_id", "category")
        .agg(amount.sum(), pl.col("gross").sum(), rows=pl.col("purchase").sum())
        .filter(pl.col("rows") > 0)
        .collect(engine="streaming")
        .lazy()
        .sort("amount", "rows", "category", descending=[True, True, False])
        .group_by("customer_id")
        .agg(
            distinct_categories=pl.len(),
            top_category=pl.col("category").first(),
            top_category_share=pl.col("gross").first() / pl.col("gross").sum(),
        )
    )
    table = sums.collect(engine="streaming").lazy()
    for part in [orders.collect(engine="streaming"), days.collect(engine="streaming"), categories.collect()]:
        table = table.join(part.lazy(), on="customer_id", how="left")
    # Who only returned something bought nothing.
    table = table.with_columns(pl.col("orders", "frequency", "distinct_categories").fill_null(0))
    table = table.with_columns(
        pl.when(pl.col("returns_rate").is_finite()).then("returns_rate"),
        average_order_value=pl.when(pl.col("frequency") > 0).then(pl.col("monetary") / pl.col("frequency")),
        repeat_purchases=pl.max_horizontal(pl.col("frequency").cast(pl.Int64) - 1, 0),
    ).sort("customer_id")
    table = table.collect()
    table.write_parquet(out)
    print(time.perf_counter() - start)


def measured(command, **more):
    """What it printed, its seconds and its peak memory in GB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **more)
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return printed, time.perf_counter() - start, used.ru_maxrss / 2**20


def differences(ours, theirs):
    """The largest relative difference of a column's numbers, and how many other cells differ, by column."""
    ours, theirs = pl.read_parquet(ours), pl.read_parquet(theirs).rename({"customer_id": "customer"})
    both = ours.with_columns(pl.col("customer").cast(pl.Int64)).join(theirs, on="customer", suffix=" theirs")
    found = {} if both.height == ours.height == theirs.height else {"customers": (ours.height, theirs.height, both.height)}
    for name in theirs.columns[1:]:
        mine, other = both[name], both[f"{name} theirs"]
        if mine.dtype.is_numeric():
            mine, other = mine.fill_nan(None), other.cast(pl.Float64).fill_nan(None)
            gap = ((mine - other).abs() / (other.abs() + 1e-3)).max() or 0.0
            missing = (mine.is_null() != other.is_null()).sum()
        else:
            gap, missing = 0.0, (~mine.eq_missing(other)).sum()
        if gap > 1e-4 or missing:
            found[name] = (gap, missing)
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--bin", default="target/release/personae")
    p.add_argument("--rows", type=int, default=10_000_000)
    p.add_argument("--by-hand", nargs=2, help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.by_hand:
        return by_hand(*a.by_hand)
    with tempfile.TemporaryDirectory() as t:
        folder = pathlib.Path(t)
        path, ours, theirs = (folder / name for name in ("transactions.parquet", "ours.parquet", "theirs.parquet"))
        transactions(a.rows, path)
        ratios = []
        for _ in range(3):
            # Theirs without the start of Python, ours with everything.
            printed, _, their_peak = measured([sys.executable, __file__, "--by-hand", path, theirs])
            peer = float(printed)
            _, seconds, peak = measured([a.bin, "table", "--transactions", path, "--out", ours, "--quiet"])
            ratios.append(seconds / peer)
            print(f"personae table {seconds:.2f} s, {peak:.2f} GB; polars for Python {peer:.2f} s, {their_peak:.2f} GB; ratio {seconds / peer:.2f}")
        table = pl.read_parquet(ours)
        print(f"{a.rows} transactions, {table.height} customers, {table.width} columns; median ratio {sorted(ratios)[1]:.2f}")
        print(f"columns that differ: {differences(ours, theirs) or 'none'}")


if __name__ == "__main__":
    main()
