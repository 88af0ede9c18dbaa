"""Runs the staging models of one source system on files of a test's own.

dbt compiles the models once; their SQL then runs in order through the DuckDB API, with the path of
the files replaced, so that each hand-made case costs milliseconds.
"""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt

REAL_DATA = Path(os.environ.get("CX_REAL_DATA", PROJECT_ROOT.parent / "shared" / "data"))


def real_data(*parts):
    """Path of a file or folder of the real data; skips the test where it is absent."""
    path = REAL_DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no real data at {path}: set CX_REAL_DATA to the folder that holds it")
    return path


def rows(connection, sql):
    """Every row of a query."""
    return connection.execute(sql).fetchall()


def small_project(folder, *model_paths):
    """dbt on a copy of the project that holds only some of its models, so that it parses at once.

    folder: where to (a new folder). model_paths: files or folders below models/.
    """
    root = Path(folder) / "project"
    (root / "models").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml", "packages.yml"):
        shutil.copy(PROJECT_ROOT / name, root / name)
    for name in ("macros", "dbt_packages"):
        shutil.copytree(PROJECT_ROOT / name, root / name)
    (root / "seeds" / "reference").mkdir(parents=True)
    for seed in (PROJECT_ROOT / "seeds" / "reference").glob("*ticket_event_mapping*"):
        shutil.copy(seed, root / "seeds" / "reference")
    for name in ("docs.md", *model_paths):
        source, target = PROJECT_ROOT / "models" / name, root / "models" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return Dbt(folder, root)


class Staging:
    """The staging models of a system, to be run on any path.

    folder: a new folder for dbt to work in. path_var: the var that names the system's files.
    placeholder: a file that is there while dbt compiles.
    """

    def __init__(self, folder, system, path_var, placeholder):
        self.placeholder = str(placeholder)
        dbt = small_project(folder, f"staging/{system}")
        run = dbt(
            "compile",
            "--select",
            f"path:models/staging/{system}",
            vars={"cx_systems": [system], path_var: self.placeholder},
        )
        self.models = [r.node for r in run.results if r.node.resource_type == "model"]

    def __call__(self, path=None, seeds=None):
        """A connection to a database in memory that holds the models over the given path.

        path: default is the placeholder itself. seeds: {seed that the models read: its folder}.
        """
        connection = duckdb.connect(":memory:")
        connection.execute("set TimeZone = 'UTC'")
        name = Path(DATABASE_FILE).stem
        connection.execute(f"attach ':memory:' as {name}; use {name}")
        for seed, folder in (seeds or {}).items():
            file = PROJECT_ROOT / "seeds" / folder / f"{seed}.csv"
            connection.execute(f"create schema if not exists main_{folder}")
            connection.execute(
                f"create table main_{folder}.{seed} as from read_csv('{file}', all_varchar = true)"
            )
        for model in self.models:
            sql = model.compiled_code.replace(self.placeholder, str(path or self.placeholder))
            kind = model.config.materialized
            connection.execute(f"create or replace {kind} {model.relation_name} as {sql}")
        return connection
