"""The customer table of `benches/table.rs`, written by hand in polars for Python: seconds and peak memory to compare with.

usage: table.py TRANSACTIONS.parquet OUT.parquet
"""

import resource
import sys
import time

import polars as pl

path, out = sys.argv[1:3]
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
table = table.with_columns(
    average_order_value=pl.col("monetary") / pl.col("frequency"), repeat_purchases=pl.col("frequency") - 1
).sort("customer_id")
table = table.collect()
table.write_parquet(out)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(f"{table.height} customers, {table.width} columns: {time.perf_counter() - start:.2f} s, peak {peak:.2f} GB")
