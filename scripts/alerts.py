"""Prints the open alerts of a built database, the most severe first.

python scripts/alerts.py [DATABASE] [--all]

Exit status, for a scheduler: 0 no open alert of severity 1, 1 at least one, 2 they cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

CALM, SEVERE, UNREADABLE = 0, 1, 2
COLUMNS = {
    "severity": "cast(severity as varchar)",
    "since": "cast(first_seen as varchar)",
    "last seen": "cast(last_seen as varchar)",
    "state": "case when is_open then 'open' else 'ended ' || ended_on end",
    "source": "source",
    "metric": "metric_id",
    "slice": "case slice_dimension when 'overall' then 'overall'"
    " else slice_dimension || ' ' || slice_value end",
    "size": "coalesce(printf('%.4g', size), '-') || ' ' || size_unit",
    "owner": "coalesce(owner, '-')",
    "runbook": "runbook",
}
QUERY = """
select is_open and severity = 1 as is_severe, {columns}
from alerts
where is_open or {everything}
order by is_open desc, severity, first_seen, alert_id
"""


class UnreadableError(Exception):
    """The alerts cannot be read; the message says why and what to do."""


def read(database: Path, everything: bool = False) -> tuple[list[list[str]], int]:
    """Rows of COLUMNS, and how many of them are open with severity 1."""
    if not database.is_file():
        raise UnreadableError(f"{database} does not exist: run make build first.")
    query = QUERY.format(columns=", ".join(COLUMNS.values()), everything=everything)
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(query).fetchall()
    except duckdb.CatalogException as error:
        raise UnreadableError(f"{database} holds no alerts: run make build first.") from error
    except duckdb.Error as error:
        raise UnreadableError(f"{database} cannot be read: {error}") from error
    return [list(row[1:]) for row in rows], sum(row[0] for row in rows)


def table(rows: list[list[str]]) -> str:
    """The rows under their headings, in columns."""
    lines = [list(COLUMNS), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def main(arguments: list[str] | None = None) -> int:
    """Prints them; the exit status says how bad it is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("database", nargs="?", type=Path, default=Path("ai_cx_metrics.duckdb"))
    parser.add_argument("--all", action="store_true", help="also the alerts that have ended")
    options = parser.parse_args(arguments)
    try:
        rows, severe = read(options.database, options.all)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    print(table(rows) if rows else "No alert is open.")
    if severe:
        print(f"\n{severe} open of severity 1.")
    return SEVERE if severe else CALM


if __name__ == "__main__":
    sys.exit(main())
