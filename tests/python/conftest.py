"""Fixtures that all tests share; what they return is described in dbt_helpers.py."""

import json
import os
import shutil
from pathlib import Path

import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt, frame, query

# Everything but tests: what a world's tables need.
BUILD = (
    "build",
    "--exclude-resource-type",
    "test",
    "--exclude-resource-type",
    "unit_test",
)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """The Chromium of tests marked browser: CX_CHROMIUM, or the one that is installed."""
    found = os.environ.get("CX_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        pytest.skip("waits for a Chromium: apt-get install chromium, or name one in CX_CHROMIUM")
    return {"executable_path": found, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def project_root():
    """The folder of dbt_project.yml (Path)."""
    return PROJECT_ROOT


@pytest.fixture(scope="session")
def dbt(tmp_path_factory):
    """dbt in this process: `dbt('run', '-s', 'fct_journeys', database=..., vars={...})` -> Run."""
    return Dbt(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def built_world(dbt, tmp_path_factory):
    """Builds any world into a temporary database: `built_world({'cx_min_n': 5})` -> Path.

    vars: dict. args: the dbt command (default: build without tests). fresh: a database of its own,
    for a test that changes it; else the same vars and args give the same file.
    """
    built = {}

    def build(vars=None, args=BUILD, fresh=False):
        key = json.dumps([vars or {}, args], sort_keys=True, default=str)
        if fresh or key not in built:
            database = tmp_path_factory.mktemp("world") / DATABASE_FILE
            dbt(*args, database=database, vars=vars)
            if fresh:
                return database
            built[key] = database
        return built[key]

    return build


@pytest.fixture(scope="session")
def demo_database(request):
    """Path of the demo company's database; read it only.

    CX_TEST_DATABASE names one that is built already, as `make test` does; else it is built here.
    """
    given = os.environ.get("CX_TEST_DATABASE")
    if given:
        assert Path(given).exists(), f"CX_TEST_DATABASE names {given}, which does not exist"
        return Path(given)
    return request.getfixturevalue("built_world")()


@pytest.fixture
def demo_copy(demo_database, tmp_path):
    """A copy of the demo company's database that a test may change (Path)."""
    return Path(shutil.copyfile(demo_database, tmp_path / DATABASE_FILE))


@pytest.fixture
def demo_query(demo_database):
    """Rows of a query on the demo company: `demo_query('select 1 as one')` -> [{'one': 1}]."""
    return lambda sql, parameters=None: query(demo_database, sql, parameters)


@pytest.fixture
def demo_frame(demo_database):
    """The same as a pandas frame."""
    return lambda sql, parameters=None: frame(demo_database, sql, parameters)
