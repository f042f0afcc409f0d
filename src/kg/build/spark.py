"""A dataset of statements mapped on a cluster: each partition by the same code as `kg map`.

A job reads a dataset with the columns ``id``, ``lang`` and ``text``, and writes the lines that `kg map` prints::

    from pathlib import Path
    from pyspark.sql import SparkSession
    from kg.build.spark import map_dataset

    spark = SparkSession.builder.getOrCreate()
    statements = spark.read.json("statements.jsonl", schema="id string, lang string, text string")
    map_dataset(statements, Path("/srv/sides/sources/entities")).write.text("mapped")

pyspark is an extra, ``pip install .[spark]``, and needs Java 17 or newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kg.build.stream import Mapper, Task, Write, json_line, map_statements
from kg.ground.records import Statement

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row

COLUMNS = ("id", "lang", "text")
"""The columns that a dataset of statements has."""


def map_dataset(statements: DataFrame, tables: Path, write: Write = json_line) -> DataFrame:
    """The mapped statements, a line of text each in the column ``value``, partition by partition in their order.

    ``tables`` is the folder of the tables of entities, which every machine must have at this path; ``write`` writes a
    statement with its assertions.
    """
    partition = partial(map_partition, tables=tables, write=write)
    lines = statements.select(*COLUMNS).rdd.mapPartitions(partition)
    return statements.sparkSession.createDataFrame(lines.map(_as_row), "value string")


def map_partition(rows: Iterable[Row], tables: Path, write: Write) -> Iterator[str]:
    """The lines of one partition; its mapper is loaded once."""
    statements = (Statement("dataset", row["id"], row["lang"], row["text"]) for row in rows)
    return map_statements(statements, Task(partial(_load, tables), write, "dataset"))


def _load(tables: Path) -> Mapper:
    from kg.build.text.mapper import Mapper as TextMapper

    return TextMapper.from_tables(tables)


def _as_row(line: str) -> tuple[str]:
    return (line,)
