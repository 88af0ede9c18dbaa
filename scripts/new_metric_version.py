"""Begins a new version of a metric's definition, before its code is changed.

    .venv/bin/python scripts/new_metric_version.py containment_rate --valid-from 2026-04-01 --keep

raises the version in seeds/reference/metric_registry.csv. With --keep the version that ends goes
on as a companion metric, <metric_id>_v<version>: its model and YAML are copied, with a registry
row, an entry of var cx_metrics and one of the semantic layer, so that both are computed side by
side until somebody deletes the copies. Then change the definition and record it:

    .venv/bin/python scripts/update_definition_hashes.py --reason "transfers count as failures"

Where the change is in an intermediate model or macro, copy that first under a name with the same
ending and let the companion read the copy: the build stops until the companion is, to the letter,
what was recorded for the version.
"""

import argparse
import csv
import re
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
METRICS = Path("models/marts/metrics")
REGISTRY = Path("seeds/reference/metric_registry.csv")
SEMANTICS = Path("models/marts/scorecard/_semantic_models.yml")
# Of a companion that only keeps a version: it weighs nothing and guards nothing.
EMPTIED = ("guardrail_metric_id", "non_inferiority_margin")


def rows_of(path):
    """Columns and rows (dicts) of a CSV file."""
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        return reader.fieldnames, list(reader)


def write(path, columns, rows):
    """Writes a CSV file."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def begin(root, metric_id, valid_from, keep=False):
    """Raises the version of a metric; returns (the version that ends, id that keeps it or None)."""
    columns, rows = rows_of(root / REGISTRY)
    found = [row for row in rows if row["metric_id"] == metric_id]
    if not found:
        raise SystemExit(f"{REGISTRY} has no metric {metric_id}.")
    row = found[0]
    if valid_from.isoformat() <= row["valid_from"]:
        raise SystemExit(
            f"Version {row['version']} of {metric_id} holds from {row['valid_from']}: the next has "
            "to begin later (--valid-from)."
        )
    version, kept_id = row["version"], None
    if keep:
        kept_id = f"{metric_id}_v{version}"
        kept = row | dict.fromkeys(EMPTIED, "")
        kept |= {
            "metric_id": kept_id,
            "name": f"{row['name']} (version {version})",
            "tier": "companion",
            "companion_of": metric_id,
            "scorecard_weight": "0",
        }
        rows.insert(rows.index(row) + 1, kept)
        copy_model(root, metric_id, kept_id, version)
        list_metric(root / "dbt_project.yml", metric_id, kept_id)
        list_semantic_metric(root / SEMANTICS, row, kept)
    row["version"], row["valid_from"] = str(int(version) + 1), valid_from.isoformat()
    write(root / REGISTRY, columns, rows)
    return version, kept_id


def copy_model(root, metric_id, kept_id, version):
    """Copies the metric's SQL and YAML. Its unit tests stay with it: the copy is the same code."""
    code = (root / METRICS / f"metric_{metric_id}.sql").read_text()
    code = re.sub(rf"'{metric_id}'", f"'{kept_id}'", code)
    (root / METRICS / f"metric_{kept_id}.sql").write_text(code)
    text = (root / METRICS / f"metric_{metric_id}.yml").read_text()
    text = text.partition("\nunit_tests:")[0].rstrip() + "\n"
    text = text.replace(f"- name: metric_{metric_id}\n", f"- name: metric_{kept_id}\n", 1)
    text = text.replace(
        "description: >-\n      ",
        f"description: >-\n      Version {version}, kept for comparison: ",
        1,
    )
    (root / METRICS / f"metric_{kept_id}.yml").write_text(text)


def list_metric(project, metric_id, kept_id):
    """Publishes the copy: an entry of var cx_metrics after that of the metric."""
    text = project.read_text()
    start = text.index("  cx_metrics:")
    entry = f"    - {metric_id}\n"
    at = text.index(entry, start) + len(entry)
    project.write_text(f"{text[:at]}    - {kept_id}\n{text[at:]}")


def list_semantic_metric(semantics, row, kept):
    """The copy's entry of the semantic layer, that of the metric in other words."""
    text = semantics.read_text()
    entry = re.search(
        rf"^  - name: {row['metric_id']}\n    label: .*\n(?:    .*\n?)+", text, re.MULTILINE
    ).group()
    # A file that ends with the entry may lack the line break.
    whole = entry.rstrip("\n") + "\n"
    copy = whole.replace(row["name"], kept["name"]).replace(
        f"- name: {row['metric_id']}\n", f"- name: {kept['metric_id']}\n"
    )
    copy = copy.replace(f"metric_{row['metric_id']}.", f"metric_{kept['metric_id']}.")
    copy = copy.replace(f"'{row['metric_id']}'", f"'{kept['metric_id']}'")
    semantics.write_text(text.replace(entry, whole + copy))


def main():
    """Reads the arguments, begins the version, says what comes next."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("metric_id")
    parser.add_argument("--valid-from", type=date.fromisoformat, default=date.today())
    parser.add_argument("--keep", action="store_true", help="compute the old version beside it")
    given = parser.parse_args()
    version, kept_id = begin(ROOT, given.metric_id, given.valid_from, given.keep)
    print(f"Version {version} of {given.metric_id} ends on {given.valid_from}.")
    if kept_id:
        print(f"It goes on as {kept_id}: models/marts/metrics/metric_{kept_id}.sql.")
    print("Change the definition, then: scripts/update_definition_hashes.py --reason '...'")


if __name__ == "__main__":
    sys.exit(main())
