"""Publishing: only green builds; a reader that polls never fails and never sees half of one."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import publish
import pytest

TABLES = 6
# A reader process: opens the published file again and again until it is told to stop, and writes
# down what it saw. Each table holds the number of its build, so a mixture would show.
READER = """
import json, sys, duckdb
from pathlib import Path
file, stop, report = map(Path, sys.argv[1:4])
seen, reads, mixed, failures = set(), 0, 0, []
while not stop.exists() or reads == 0:
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            names = [r[0] for r in connection.execute("show tables").fetchall()]
            builds = {connection.execute(f"select max(build) + 0 * count(*) from {n}").fetchone()[0]
                      for n in names if n.startswith("mart_")}
        mixed += len(builds) != 1 or len(names) != TABLES + 1
        seen |= builds
        reads += 1
    except Exception as error:
        failures.append(str(error))
report.write_text(json.dumps(dict(seen=sorted(seen), reads=reads, mixed=mixed, failures=failures)))
""".replace("TABLES", str(TABLES))


def write_database(path, build):
    with duckdb.connect(str(path)) as connection:
        for i in range(TABLES):
            connection.execute(
                f"create or replace table mart_{i} as select {build} as build, range as row from"
                " range(5000)"
            )


def write_target(folder, statuses=("success", "pass"), **arguments):
    folder.mkdir(exist_ok=True)
    results = {
        "metadata": {"invocation_id": "abc", "generated_at": "2026-01-01T00:00:00Z"},
        "args": {"which": "build", "select": [], "exclude": [], **arguments},
        "results": [{"unique_id": f"n{i}", "status": s} for i, s in enumerate(statuses)],
    }
    nodes = {
        f"model.p.mart_{i}": {
            "resource_type": "model",
            "fqn": ["p", "marts", "x", f"mart_{i}"],
            "config": {"materialized": "table"},
            "schema": "main",
            "alias": f"mart_{i}",
        }
        for i in range(TABLES)
    }
    nodes["model.p.internal"] = {
        "resource_type": "model",
        "fqn": ["p", "marts", "x", "internal"],
        "config": {"materialized": "table", "meta": {"is_published": False}},
        "schema": "main",
        "alias": "internal",
    }
    nodes["model.p.int_x"] = {
        "resource_type": "model",
        "fqn": ["p", "intermediate", "int_x"],
        "config": {"materialized": "table"},
        "schema": "main",
        "alias": "int_x",
    }
    (folder / "run_results.json").write_text(json.dumps(results))
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))


@pytest.fixture
def project(tmp_path):
    write_database(tmp_path / "db.duckdb", build=1)
    write_target(tmp_path / "target")
    return tmp_path


def run(project):
    return publish.publish(project / "db.duckdb", project / "target", project / "published")


def test_a_green_build_is_published_as_duckdb_and_parquet(project):
    run(project)
    published = project / "published"
    with duckdb.connect(str(published / "ai_cx_metrics.duckdb"), read_only=True) as connection:
        count = connection.execute("select count(*) from mart_0").fetchone()[0]
        parquet = connection.execute(
            f"select count(*) from '{published}/parquet/mart_5.parquet'"
        ).fetchone()[0]
        tables = {row[0] for row in connection.execute("show tables").fetchall()}
    assert count == parquet == 5000
    assert tables == {f"mart_{i}" for i in range(TABLES)} | {"publication"}


def test_the_file_is_read_only_and_of_the_old_format(project):
    file = run(project) / "ai_cx_metrics.duckdb"
    assert file.stat().st_mode & 0o222 == 0
    # The main header: 8 bytes of checksum, "DUCK", then the storage version; 64 is that of 1.0.
    header = file.read_bytes()[8:20]
    assert header[:4] == b"DUCK"
    assert int.from_bytes(header[4:12], "little") == 64


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"statuses": ["success", "fail"]}, "not green"),
        ({"statuses": ["success", "error", "skipped"]}, "not green"),
        ({"statuses": []}, "not green"),
        ({"which": "run"}, "not a build of everything"),
        ({"select": ["scorecard"]}, "not a build of everything"),
    ],
)
def test_anything_but_a_whole_green_build_leaves_what_is_published(project, change, sentence):
    before = run(project)
    write_database(project / "db.duckdb", build=2)
    write_target(project / "target", **change)
    with pytest.raises(publish.NotGreenError, match=sentence):
        run(project)
    assert (project / "published" / "current").resolve() == before


def test_a_database_that_changed_after_its_build_is_not_published(project):
    later = time.time() + publish.GRACE + 60
    os.utime(project / "db.duckdb", (later, later))
    with pytest.raises(publish.NotGreenError, match="has changed since"):
        run(project)


def test_a_build_that_still_runs_is_not_published(project):
    script = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True);"
        " time.sleep(60)"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, project / "db.duckdb"], stdout=subprocess.PIPE
    )
    try:
        writer.stdout.readline()
        with pytest.raises(publish.NotGreenError, match="in use"):
            run(project)
        assert not (project / "published" / "current").exists()
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


def test_readers_that_poll_see_whole_builds_only_and_never_fail(project):
    run(project)
    stop = project / "stop"
    reports = [project / f"report{i}.json" for i in range(2)]
    readers = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                READER,
                project / "published" / "ai_cx_metrics.duckdb",
                stop,
                report,
            ]
        )
        for report in reports
    ]
    last = 6
    for build in range(2, last + 1):
        write_database(project / "db.duckdb", build)
        write_target(project / "target")
        run(project)
        time.sleep(0.2)
    stop.touch()
    assert [reader.wait(60) for reader in readers] == [0, 0]
    for report in reports:
        seen = json.loads(report.read_text())
        assert seen["failures"] == []
        assert seen["mixed"] == 0
        assert seen["reads"] >= 5
        assert set(seen["seen"]) <= set(range(1, last + 1)) and len(seen["seen"]) >= 2


def test_old_builds_are_deleted_but_the_last_two(project):
    folders = []
    for build in range(1, 5):
        write_database(project / "db.duckdb", build)
        write_target(project / "target")
        folders.append(run(project))
    assert sorted((project / "published" / "builds").iterdir()) == folders[-2:]
    assert Path(project / "published" / "current").resolve() == folders[-1]
