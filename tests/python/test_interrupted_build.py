"""A build that is killed and run again leaves what one that was not killed leaves.

test_incremental.py ends runs between any two models; here a process dies under dbt, in the middle
of whatever it does, with the database file open.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, differing_rows, query

pytestmark = pytest.mark.slow

FACTS = ("fct_interactions", "fct_contacts", "fct_journeys")
KILLED_AT = "START sql only_affected model main.int_contacts "


def command(folder):
    """A build of the facts, in a folder of its own, that remembers what it did."""
    dbt = str(Path(sys.executable).with_name("dbt"))
    return [
        *(dbt, "--quiet", "build", "-s", *(f"+{fact}" for fact in FACTS)),
        *("--exclude-resource-type", "test", "unit_test", "--vars", "{cx_incremental: true}"),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
    ]


def tables(database):
    """Names of the tables that are made from the seeds."""
    rows = query(
        database, "select table_name from duckdb_tables() where schema_name = 'main' order by 1"
    )
    return {row["table_name"] for row in rows}


def run_until(process, log, text):
    """Waits until a process that writes a log has written some text."""
    deadline = time.monotonic() + 600
    while process.poll() is None and time.monotonic() < deadline:
        if log.exists() and text in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError("the build ended before it could be killed")


def test_killed_and_run_again(demo_database, tmp_path):
    database = tmp_path / DATABASE_FILE
    environment = os.environ | {"CX_DATABASE": str(database), "DBT_PROFILES_DIR": str(PROJECT_ROOT)}
    build = command(tmp_path)
    process = subprocess.Popen(build, cwd=PROJECT_ROOT, env=environment)
    run_until(process, tmp_path / "logs" / "dbt.log", KILLED_AT)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not set(FACTS) & tables(database)

    subprocess.run(build, cwd=PROJECT_ROOT, env=environment, check=True)
    compared = tables(database) & tables(demo_database)
    assert set(FACTS) | {"int_contacts", "int_journeys_stitched", "int_turns_checked"} <= compared
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as killed (read_only)")
        con.execute(f"attach '{demo_database}' as whole (read_only)")
        for table in sorted(compared):
            sides = (f"{name}.main.{table}" for name in ("killed", "whole"))
            assert differing_rows(con, *sides) == 0, f"{table} differs after the second run"
