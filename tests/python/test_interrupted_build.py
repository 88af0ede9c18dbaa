"""A build that is killed and run again leaves what one that was not killed leaves."""

import os
import signal
import subprocess
import sys
import time

import duckdb
import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, query

pytestmark = pytest.mark.slow


def command(folder, *arguments):
    """The dbt command of a build in a folder of its own."""
    return [
        sys.executable,
        "-m",
        "dbt.cli.main",
        *arguments,
        "--target-path",
        str(folder / "target"),
        "--log-path",
        str(folder / "logs"),
    ]


def tables(database):
    """Names of every table that the build leaves."""
    rows = query(
        database,
        "select table_schema, table_name from information_schema.tables"
        " where table_type = 'BASE TABLE' order by all",
    )
    return [(row["table_schema"], row["table_name"]) for row in rows]


def test_killed_and_run_again(demo_database, tmp_path):
    """The kill comes when the journeys are half built; the second run has to make good."""
    database = tmp_path / DATABASE_FILE
    environment = os.environ | {"CX_DATABASE": str(database)}
    build = command(tmp_path, "--quiet", "build", "--exclude-resource-type", "test", "unit_test")
    process = subprocess.Popen(build, cwd=PROJECT_ROOT, env=environment)
    log = tmp_path / "logs" / "dbt.log"
    deadline = time.monotonic() + 600
    while process.poll() is None and time.monotonic() < deadline:
        if log.exists() and "int_contacts_stitched" in log.read_text():
            break
        time.sleep(0.1)
    assert process.poll() is None, "the build ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(tables(database)) < len(tables(demo_database))

    subprocess.run(build, cwd=PROJECT_ROOT, env=environment, check=True)
    assert tables(database) == tables(demo_database)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as killed (read_only)")
        connection.execute(f"attach '{demo_database}' as whole (read_only)")
        for schema, table in tables(database):
            a, b = (f'{name}."{schema}"."{table}"' for name in ("killed", "whole"))
            different = connection.execute(
                f"select count(*) from ((from {a} except all from {b})"
                f" union all (from {b} except all from {a}))"
            ).fetchone()[0]
            assert different == 0, f"{schema}.{table} differs after the second run"
