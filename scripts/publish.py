"""Publishes the marts of a green build: one read-only DuckDB file and Parquet, swapped at once.

python scripts/publish.py [--database FILE] [--target FOLDER] [--to FOLDER]

published/ai_cx_metrics.duckdb and published/parquet/ lead through the link `current` to the folder
of one build. The new folder is written beside it and then the link is replaced (os.replace): a
reader sees the old build or the new one, whole, and never waits for the writer of the next.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

# The oldest file format that drivers in use still open.
STORAGE_VERSION = "v1.0.0"
GREEN = {"success", "pass", "warn", "no-op"}
TABLES = {"table", "incremental"}
# Builds that stay: a reader that has the one before open goes on.
KEPT = 2
# dbt closes its database a moment after it has written its results (seconds).
GRACE = 60


class NotGreenError(Exception):
    """The last build may not be published; the message says why and what to do."""


def load(path: Path) -> dict:
    """The JSON file that dbt wrote."""
    if not path.exists():
        raise NotGreenError(f"{path} does not exist: run make build first.")
    return json.loads(path.read_text(encoding="utf-8"))


def check_green(results: dict, written_at: float, database: Path) -> None:
    """Raises where the results are not those of a whole, green build of the database as it is."""
    arguments = results.get("args", {})
    if arguments.get("which") != "build" or arguments.get("select") or arguments.get("exclude"):
        raise NotGreenError("The last dbt command was not a build of everything: run make build.")
    failed = [r["unique_id"] for r in results["results"] if r["status"] not in GREEN]
    if failed or not results["results"]:
        names = ", ".join(failed[:5]) or "no node ran"
        raise NotGreenError(f"The last build is not green ({names}): mend it and run make build.")
    if not database.exists():
        raise NotGreenError(f"{database} does not exist: run make build first.")
    if database.stat().st_mtime > written_at + GRACE:
        raise NotGreenError(f"{database} has changed since the last build ended: run make build.")


def marts(manifest: dict) -> dict[str, str]:
    """{name: relation} of the marts that are tables, but those that say is_published: false."""
    found = {}
    for node in manifest["nodes"].values():
        is_mart = node["resource_type"] == "model" and "marts" in node["fqn"]
        is_internal = node["config"].get("meta", {}).get("is_published") is False
        if is_mart and not is_internal and node["config"]["materialized"] in TABLES:
            found[node["alias"]] = f'"{node["schema"]}"."{node["alias"]}"'
    if not found:
        raise NotGreenError("The project has no marts that are tables: nothing to publish.")
    return found


def write_build(database: Path, tables: dict[str, str], folder: Path, results: dict) -> None:
    """Writes the DuckDB file and the Parquet files of one build into a new folder."""
    (folder / "parquet").mkdir(parents=True)
    file = folder / "ai_cx_metrics.duckdb"
    metadata = results.get("metadata", {})
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach '{database}' as built (read_only)")
        except duckdb.IOException as error:
            raise NotGreenError(f"{database} is in use: wait for the build to end.") from error
        connection.execute(f"attach '{file}' as published (storage_version '{STORAGE_VERSION}')")
        for name, relation in sorted(tables.items()):
            connection.execute(f'create table published."{name}" as from built.{relation}')
            target = folder / "parquet" / f"{name}.parquet"
            connection.execute(f"copy published.\"{name}\" to '{target}' (format parquet)")
        connection.execute(
            "create table published.publication as select ? as invocation_id, ? as built_at,"
            " ? as published_at, ? as tables",
            [
                metadata.get("invocation_id"),
                metadata.get("generated_at"),
                datetime.now(UTC).isoformat(),
                len(tables),
            ],
        )
        connection.execute("detach published")
    for path in [file, *(folder / "parquet").iterdir()]:
        path.chmod(0o444)


def point(link: Path, target: str) -> None:
    """Makes the link lead to the target, at once."""
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)


def swap(to: Path, folder: Path) -> None:
    """Puts the new build in the place of the current one and deletes builds older than the last."""
    point(to / "current", f"builds/{folder.name}")
    for name in ["ai_cx_metrics.duckdb", "parquet"]:
        if not (to / name).is_symlink():
            point(to / name, f"current/{name}")
    builds = sorted(path for path in (to / "builds").iterdir() if not path.name.startswith("."))
    for old in builds[:-KEPT]:
        shutil.rmtree(old)


def publish(database: Path, target: Path, to: Path) -> Path:
    """Publishes the build whose results are in the target folder; returns the build's folder."""
    results_file = target / "run_results.json"
    results = load(results_file)
    check_green(results, results_file.stat().st_mtime, database)
    tables = marts(load(target / "manifest.json"))
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    unfinished = to / "builds" / f".{name}"
    try:
        write_build(database, tables, unfinished, results)
        folder = unfinished.rename(to / "builds" / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    swap(to, folder)
    return folder


def main() -> int:
    """Publishes; 1 with a sentence where the build may not be published."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("CX_DATABASE", "ai_cx_metrics.duckdb")
    parser.add_argument("--database", type=Path, default=Path(default))
    parser.add_argument("--target", type=Path, default=Path("target"))
    parser.add_argument("--to", type=Path, default=Path("published"))
    arguments = parser.parse_args()
    try:
        folder = publish(arguments.database, arguments.target, arguments.to)
    except NotGreenError as error:
        print(error, file=sys.stderr)
        return 1
    size = (folder / "ai_cx_metrics.duckdb").stat().st_size / 1e6
    files = len(list((folder / "parquet").iterdir()))
    print(f"{arguments.to}/ai_cx_metrics.duckdb ({size:.1f} MB) and {files} Parquet files.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
