"""Places customers in segments while their orders arrive, with Spark Structured Streaming.

It has no mathematics of its own: labels.sql is the model, written for Spark. Before it starts, it places the customers of check.csv and refuses to go on if one of them is placed
differently than check_labels.csv says. Batch N is written under its number, so whoever is started again writes the same once more and nothing twice.

    spark-submit run.py --events FOLDER --out FOLDER [--format csv|json] [--id COLUMN --lateness "1 day"] [--snapshot DATE]
                        [--every "1 minute"] [--files-a-batch N]

Without --every it places what is there and ends. OUT has events/ (what was counted), aside/ (rows without a customer, a day, or with a number that is none), labels/batch=N (who changed, or
everyone when a day begins) and, at the end, customers/ (everyone as they are then, as CSV).
"""

import argparse
import csv
import datetime
import json
import os
import sys

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

HERE = os.path.dirname(os.path.abspath(__file__))


def text(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


JOB = json.loads(text("job.json"))
LABELS = text("labels.sql")
# A quote inside of quotes is doubled.
CSV = {"header": True, "escape": '"'}
# The folders of what was counted; no column of orders is called so.
ARRIVED = "arrived_in_batch"
# More than this share of rows that cannot be counted is no accident.
MOST_BAD = 0.2
KEY, DATE, COLUMNS, NUMBERS = JOB["key"], JOB["date"], JOB["columns"], JOB["numbers"]


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def labels_of(spark, orders, snapshot):
    """Customers with persona, name and distance, counted back from a day."""
    orders.select(*[F.col(quoted(name)) for name in COLUMNS]).createOrReplaceTempView("orders")
    return spark.sql(LABELS.replace("{snapshot}", str(snapshot)))


def check(spark):
    """Whether this Spark places the customers of the check as the program that wrote this folder does."""
    with open(os.path.join(HERE, "check.csv"), encoding="utf-8", newline="") as file:
        rows = [[cell or None for cell in row] for row in csv.reader(file)]
    orders = spark.createDataFrame(rows[1:], ", ".join(f"{quoted(name)} STRING" for name in rows[0]))
    found = {row[0]: row for row in labels_of(spark, orders, JOB["check_snapshot"]).collect()}
    with open(os.path.join(HERE, "check_labels.csv"), encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    wrong = []
    for row in expected:
        own = found.get(row["customer"])
        if own is None or str(own[1]) != row["persona"] or abs(own[3] - float(row["persona_distance"])) > 1e-6:
            wrong.append(row["customer"])
    if wrong or len(found) != len(expected):
        n = len(wrong) or abs(len(found) - len(expected))
        sys.exit(f"{n} of {len(expected)} customers of the check are placed differently here ({', '.join(wrong[:5])}), so nothing was started.")


def arriving(spark, args):
    """Rows as they arrive, every cell a text."""
    if args.format == "csv":
        # Spark takes cells by their place: the first file says which column stands where, and one that says otherwise ends the job instead of being misread.
        try:
            schema = spark.read.options(**CSV).csv(args.events).schema
        except AnalysisException:
            sys.exit(f"{args.events} has no file yet that says which columns there are; start the job when the first one is there.")
        missing = [name for name in COLUMNS if name not in schema.names]
        if missing:
            sys.exit(f"The files in {args.events} have no column {', '.join(missing)}; give the orders the model was made from.")
        reader = spark.readStream.schema(schema).options(**CSV, enforceSchema=False)
    else:
        reader = spark.readStream.schema(", ".join(f"{quoted(name)} STRING" for name in COLUMNS))
    if args.files_a_batch:
        reader = reader.option("maxFilesPerTrigger", args.files_a_batch)
    rows = reader.csv(args.events) if args.format == "csv" else reader.json(args.events)
    if args.id:
        time = rows.withColumn("\u0001time", F.expr(f"TRY_CAST({quoted(DATE)} AS TIMESTAMP)")).withWatermark("\u0001time", args.lateness)
        rows = time.dropDuplicatesWithinWatermark([args.id]).drop("\u0001time")
    return rows


def sound():
    """Whether a row can be counted."""
    tests = [F.col(quoted(KEY)).isNotNull(), F.expr(f"TRY_CAST({quoted(DATE)} AS TIMESTAMP) IS NOT NULL")]
    tests += [F.expr(f"{quoted(name)} IS NULL OR TRY_CAST({quoted(name)} AS DOUBLE) IS NOT NULL") for name in NUMBERS]
    all_of_them = tests[0]
    for test in tests[1:]:
        all_of_them = all_of_them & test
    return all_of_them


def last_day(rows):
    """The last day that is believed: rows of days to come are errors."""
    day = F.expr(f"CAST(CAST({quoted(DATE)} AS TIMESTAMP) AS DATE)")
    return rows.where(day <= F.date_add(F.current_date(), 1)).agg(F.max(day)).first()[0]


def on_batch(args):
    def place(batch, n):
        spark = batch.sparkSession
        empty_is_missing = [F.expr(f"NULLIF(TRIM({quoted(name)}), '')").alias(name) for name in COLUMNS]
        batch = batch.select(*empty_is_missing).persist()
        rows, bad = batch.count(), batch.where(~sound()).count()
        if rows and bad > MOST_BAD * rows:
            raise ValueError(
                f"{bad} of {rows} rows of batch {n} name no customer, no day or hold a number that is none, so nothing of it was counted. "
                "Days must be written as 2024-01-31 or 2024-01-31 10:05:00, and numbers with a point."
            )
        batch.where(~sound()).write.mode("overwrite").parquet(f"{args.out}/aside/batch={n}")
        batch.where(sound()).write.mode("overwrite").parquet(f"{args.out}/events/{ARRIVED}={n}")
        # What a later batch left when it was interrupted does not count yet.
        known = spark.read.parquet(f"{args.out}/events").where(F.col(ARRIVED) <= n)
        day = last_day(known)
        if day is None:
            batch.unpersist()
            return
        before = last_day(known.where(F.col(ARRIVED) < n))
        snapshot = args.snapshot or day + datetime.timedelta(days=1)
        is_new_day = before is None or (not args.snapshot and before != day)
        changed = batch.where(sound()).select(quoted(KEY)).distinct()
        rows = known if is_new_day else known.join(changed, KEY, "left_semi")
        labels_of(spark, rows, snapshot).write.mode("overwrite").parquet(f"{args.out}/labels/batch={n}")
        batch.unpersist()

    return place


def everyone(spark, args):
    """The last label of every customer, as CSV."""
    last = Window.partitionBy("customer").orderBy(F.desc("batch"))
    try:
        labels = spark.read.parquet(f"{args.out}/labels")
    except AnalysisException:
        sys.exit(f"No row of {args.events} could be counted yet; what was set aside is in {args.out}/aside.")
    labels = labels.withColumn("\u0001place", F.row_number().over(last))
    labels = labels.where(F.col("\u0001place") == 1).drop("\u0001place", "batch").orderBy("customer")
    labels.coalesce(1).write.mode("overwrite").options(**CSV).csv(f"{args.out}/customers")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", required=True, help="the folder in which files of orders appear")
    parser.add_argument("--out", required=True, help="the folder to write; started again with the same one it goes on")
    parser.add_argument("--format", choices=["csv", "json"], default="csv")
    parser.add_argument("--id", help="the column that tells a row from its repetition")
    parser.add_argument("--lateness", default="1 day", help="how far behind the newest a row may come, where ids are looked at")
    parser.add_argument("--snapshot", type=datetime.date.fromisoformat, help="the day everything is counted back from; the day after the newest order unless given")
    parser.add_argument("--every", help="how often, such as '1 minute'; what is there, and an end, unless given")
    parser.add_argument("--files-a-batch", type=int, help="files of a batch, at most")
    args = parser.parse_args()
    spark = SparkSession.builder.appName("segments").getOrCreate()
    check(spark)
    stream = arriving(spark, args).writeStream.foreachBatch(on_batch(args)).option("checkpointLocation", f"{args.out}/checkpoint")
    stream = stream.trigger(processingTime=args.every) if args.every else stream.trigger(availableNow=True)
    stream.start().awaitTermination()
    everyone(spark, args)
    spark.stop()


if __name__ == "__main__":
    main()
