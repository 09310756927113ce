"""Runs the statement of a model in Spark: a file with the statement, a file with the table as JSON; prints what it answers."""

import json
import os
import shutil
import sys

from shop_table import columns_of, text_of

try:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType
except ImportError:
    sys.exit(77)
if not shutil.which("java"):
    sys.exit(77)

statement, table = sys.argv[1:]
columns = columns_of(table)
os.environ["PYSPARK_PYTHON"] = sys.executable
# What Spark says goes to standard error.
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").getOrCreate()
types = {"REAL": DoubleType(), "INTEGER": LongType(), "TEXT": StringType()}
schema = StructType([StructField(column["name"], types[column["type"]]) for column in columns])
rows = list(zip(*([float(cell) if column["type"] == "REAL" and cell is not None else cell for cell in column["cells"]] for column in columns)))
spark.createDataFrame(rows, schema).createOrReplaceTempView("customers")
print(json.dumps([list(row) for row in spark.sql(text_of(statement)).collect()], default=str))
spark.stop()
