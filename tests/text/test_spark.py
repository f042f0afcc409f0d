"""A dataset of statements mapped by Spark, in local mode: what `kg map` gives, partition by partition.

Without pyspark or a Java the test is skipped, unless SIDES_REQUIRE_SPARK=1: then it fails.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build.spark import map_partition
from kg.build.stream import json_line
from support.mapped import mapper

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "sources" / "entities"
ROWS = [{"id": str(number), "lang": "fr", "text": f"La France a livré {number} chars."} for number in range(2, 30)]


def wanted() -> list[dict[str, object]]:
    return [
        {**row, "assertions": [item.as_json(evidence=True) for item in mapper().map(row["text"], row["lang"])]}
        for row in ROWS
    ]


def test_a_partition_is_mapped_as_by_the_command() -> None:
    lines = map_partition(ROWS, TABLES, json_line)  # type: ignore[arg-type]  # rows are read like mappings
    assert [json.loads(line) for line in lines] == wanted()


JOB = """
import json, sys
from pathlib import Path
from pyspark.sql import SparkSession
from kg.build.spark import map_dataset
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
statements = spark.read.json(sys.argv[1], schema="id string, lang string, text string").repartition(3)
map_dataset(statements, Path(sys.argv[2])).write.text(sys.argv[3])
spark.stop()
"""


def java() -> str | None:
    """A home of Java with the module that Spark starts it with, if there is one on the machine."""
    found = shutil.which("java")
    homes = [os.environ.get("JAVA_HOME"), found and str(Path(found).resolve().parents[1])]
    for home in filter(None, homes):
        program = Path(home) / "bin" / "java"
        if program.is_file():
            told = subprocess.run([program, "--list-modules"], capture_output=True, text=True, check=False).stdout
            if "jdk.incubator.vector" in told:
                return home
    return None


@pytest.fixture(scope="module")
def java_home() -> str:
    """The Java that Spark starts with; where it or pyspark is missing, what needs it is skipped, or fails."""
    home = java()
    if importlib.util.find_spec("pyspark") is None:
        reason = "pyspark is not installed: make .venv/.spark"
    elif home is None:
        reason = "no Java that Spark can start with (17 or newer, with jdk.incubator.vector)"
    else:
        return home
    if os.environ.get("SIDES_REQUIRE_SPARK") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def test_spark_maps_a_dataset(tmp_path: Path, java_home: str) -> None:
    file = tmp_path / "statements.jsonl"
    file.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    environment = {
        **os.environ,
        "JAVA_HOME": java_home,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command = [sys.executable, "-c", JOB, str(file), str(TABLES), str(tmp_path / "mapped")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, check=False, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr.decode()[-4_000:]
    parts = sorted((tmp_path / "mapped").glob("part-*"))
    lines = [json.loads(line) for part in parts for line in part.read_text(encoding="utf-8").splitlines()]
    assert sorted(lines, key=lambda line: int(line["id"])) == wanted()
    assert len(parts) > 1
