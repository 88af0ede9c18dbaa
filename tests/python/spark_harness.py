"""A small company built by dbt on DuckDB and on Spark, and the comparison of two tables."""

import json
import os
import shutil
import sys

import duckdb
import pyarrow as pa
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World

# What the models of these systems read, files of JSON and CSV, DuckDB alone can read.
DUCKDB_SYSTEMS = ("tau2", "tickets")
PARTS = ("analyses", "dbt_packages", "docs", "macros", "models", "scripts", "seeds", "tests")
FILES = ("dbt_project.yml", "packages.yml", "profiles.yml")
# Nine significant digits: sums of doubles depend on the order in which they are added.
RELATIVE = 1e-9
# A difference of two equal sums is not quite 0 either.
ABSOLUTE = 1e-9


# Columns that are not compared: hashes by the engine's own function, and the time of the run.
ENGINES_OWN = {
    "metric_history": ["recorded_at"],
    "int_turns_fingerprinted": ["fingerprint"],
    "int_customers_fingerprinted": ["fingerprint"],
    "int_customers_aged": ["fingerprint"],
}


def models():
    """Names of the SQL models that both engines build."""
    paths = (PROJECT_ROOT / "models").rglob("*.sql")
    return sorted(p.stem for p in paths if not set(p.parts) & set(DUCKDB_SYSTEMS))


class Engines:
    """The company on both engines; `dbt` calls dbt on its project."""

    def __init__(self, folder, vars, build, extra=(), customers=150, seed=5):
        """extra: {path: text} of further files of the project; of one that is there, more rows."""
        self.vars = vars
        self.project = _project(folder / "project", World(seed, 26, customers))
        for path, text in dict(extra).items():
            (self.project / path).parent.mkdir(exist_ok=True)
            with (self.project / path).open("a", encoding="utf-8") as file:
                file.write(text)
        self.dbt = Dbt(folder / "dbt", self.project)
        os.environ["CX_SPARK_WAREHOUSE"] = str(folder / "warehouse")
        self.database = folder / "duckdb" / DATABASE_FILE
        self.duckdb_run = self.dbt(*build, database=self.database, vars=vars, check=False)
        self.spark_run = self.dbt(*build, vars=vars, target="spark", check=False)

    @property
    def spark(self):
        """The session that dbt has left."""
        from pyspark.sql import SparkSession

        return SparkSession.builder.getOrCreate()

    def on_duckdb(self, name):
        """A model's rows on DuckDB as an Arrow table."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(f"select * from main.{name}").to_arrow_table()

    def on_spark(self, name):
        """The same on Spark."""
        return self.spark.table(f"cx.{name}").toArrow()

    def differences(self, name):
        """What differs between the engines in a model, as sentences."""
        own = ENGINES_OWN.get(name, [])
        tables = (self.on_duckdb(name), self.on_spark(name))
        return differences(*(table.drop_columns(own) for table in tables))


def _project(folder, world):
    """A copy of this project whose raw seeds are another world, without Python models."""
    folder.mkdir()
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "python", "truth", "int_*.py")
        shutil.copytree(PROJECT_ROOT / part, folder / part, ignore=ignored)
    for file in FILES:
        shutil.copy(PROJECT_ROOT / file, folder)
    world.write_csv(folder / "seeds" / "raw")
    return folder


def naive_rows(table):
    """Rows as dicts, with times of either engine as UTC without saying so."""
    rows = table.to_pylist()
    for row in rows:
        for name, cell in row.items():
            if getattr(cell, "tzinfo", None):
                row[name] = cell.replace(tzinfo=None)
    return rows


def differences(one, other):
    """What differs between two Arrow tables, as sentences; the order of rows does not count."""
    if one.schema.names != other.schema.names:
        return [f"columns {one.schema.names} and {other.schema.names}"]
    kinds = [(_kind(a.type), _kind(b.type)) for a, b in zip(one.schema, other.schema, strict=True)]
    found = [
        f"{name}: type {one.schema.field(name).type} and {other.schema.field(name).type}"
        for name, (a, b) in zip(one.schema.names, kinds, strict=True)
        if a.replace("integer", "number") != b.replace("integer", "number")
    ]
    if one.num_rows != other.num_rows:
        found.append(f"{one.num_rows} and {other.num_rows} rows")
    if found:
        return found
    is_number = ["number" in pair for pair in kinds]
    rows, other_rows = _sorted_rows(one, is_number), _sorted_rows(other, is_number)
    for position, name in enumerate(one.schema.names):
        unlike = [
            (a[position], b[position])
            for a, b in zip(rows, other_rows, strict=True)
            if not _is_same(a[position], b[position])
        ]
        if unlike:
            found.append(f"{name}: {len(unlike)} of {len(rows)} rows, as {unlike[0]}")
    return found


def _kind(type_):
    """What a column holds, whatever its width."""
    if pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return "number"
    if pa.types.is_integer(type_):
        return "integer"
    if pa.types.is_timestamp(type_):
        return "timestamp"
    return str(type_).removeprefix("large_")


def _sorted_rows(table, is_number):
    """Rows in the order of their exact columns, then of the numbers in six digits."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            # Both are UTC; Spark's type says so.
            column = column.cast(pa.int64())
        columns.append(column.to_pylist())
    rows = list(zip(*columns, strict=True))

    def key(row):
        cells = list(zip(row, is_number, strict=True))
        exact = tuple(str(cell) for cell, number in cells if not number)
        return exact, tuple(_rounded(cell) for cell, number in cells if number)

    return sorted(rows, key=key)


def _rounded(cell):
    return float("-inf") if cell is None or cell != cell else float(f"{cell:.6g}")


def _is_same(a, b):
    """Equal; numbers in nine significant digits."""
    if a is None or b is None or isinstance(a, str | bool):
        return a == b or (_is_json(a) and _is_json(b) and _numbers(a) == _numbers(b))
    if hasattr(a, "year"):
        return a == b
    a, b = float(a), float(b)
    if a != a or b != b:
        return a != a and b != b
    return abs(a - b) <= max(ABSOLUTE, RELATIVE * max(abs(a), abs(b)))


def _is_json(cell):
    return isinstance(cell, str) and cell.startswith("{")


def _numbers(cell):
    """A JSON object of texts with numbers as numbers: 8.29E-4 and 0.000829 are one."""

    def read(text):
        try:
            return float(text)
        except (TypeError, ValueError):
            return text

    return {name: read(value) for name, value in json.loads(cell).items()}
