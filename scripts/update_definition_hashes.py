"""Records the definitions of the metrics: seeds/reference/metric_definition_hashes.csv.

A metric's definition is hashed by the macro definition_hashes() of the project. This script writes
the hash of every version that the registry names and the seed does not hold yet. A hash that
differs from the one recorded for its version is refused: the definition has changed, so the version
has to be raised. Where only the writing has changed, --accept records the new hash under the old
version.

    .venv/bin/python scripts/update_definition_hashes.py --reason "forced terminations count"
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "seeds" / "reference" / "metric_registry.csv"
DEFINITIONS = ROOT / "seeds" / "reference" / "metric_definition_hashes.csv"
COLUMNS = ("metric_id", "version", "valid_from", "definition_hash", "reason")


def current_hashes(root=ROOT):
    """{metric_id: md5 of its definition}, by dbt."""
    dbt = Path(sys.executable).parent / "dbt"
    run = subprocess.run(
        [dbt, "--quiet", "run-operation", "print_definition_hashes"],
        cwd=root,
        env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in run.stdout.splitlines():
        if line.startswith("definition_hashes="):
            return json.loads(line.partition("=")[2])
    raise SystemExit(f"dbt did not print the definitions:\n{run.stdout}{run.stderr}")


def rows_of(path):
    """The rows of a CSV file as dicts."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def updated(registry, recorded, hashes, reason, accept=False):
    """The rows of the seed after the update, and the ids whose definition changed unannounced.

    registry, recorded: rows of the two seeds. hashes: {metric_id: hash}. accept: take changed
    hashes under their old version.
    """
    known = {(row["metric_id"], row["version"]): dict(row) for row in recorded}
    refused = []
    for row in registry:
        key = (kept_metric(row["metric_id"], hashes), row["version"])
        new = hashes.get(row["metric_id"])
        if new is None or (key in known and known[key]["definition_hash"] == new):
            continue
        if key not in known:
            values = (*key, row["valid_from"], new, reason)
            known[key] = dict(zip(COLUMNS, values, strict=True))
        elif accept:
            known[key]["definition_hash"] = new
        else:
            refused.append(row["metric_id"])
    return list(known.values()), refused


def kept_metric(metric_id, known):
    """The metric of which <metric_id>_v<version> keeps a version; any other metric is itself."""
    match = re.fullmatch(r"(.+)_v\d+", metric_id)
    return match.group(1) if match and match.group(1) in known else metric_id


def write(path, rows):
    """Writes the seed."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    """Reads the registry and the definitions, writes the seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reason", default="first version", help="why the definition changed")
    parser.add_argument(
        "--accept", action="store_true", help="only the writing changed: keep the versions"
    )
    given = parser.parse_args()
    rows, refused = updated(
        rows_of(REGISTRY), rows_of(DEFINITIONS), current_hashes(), given.reason, given.accept
    )
    write(DEFINITIONS, rows)
    for metric_id in refused:
        print(
            f"The definition of {metric_id} has changed: give it a new version "
            f"(scripts/new_metric_version.py {metric_id}) and run this again, or pass --accept if "
            "it means the same as before."
        )
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
