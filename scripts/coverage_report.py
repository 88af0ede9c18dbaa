"""Prints what the mapped inputs give: python scripts/coverage_report.py [DATABASE].

Three tables in plain text, read from the marts of a build: the rows of each mapped table, what
every metric is (ok, degraded, not computable, and why), and which input to map next, the one that
lights up most metrics first.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

TABLES = """
    select source_system, table_name, delivered_rows, accepted_rows, duplicate_rows,
        quarantined_rows
    from input_reconciliation
    where delivered_rows > 0
    order by source_system, table_name
"""
QUARANTINE = """
    select source_system, table_name, quarantine_reason, count(*) as quarantined
    from quarantined_rows
    group by all
    order by quarantined desc, source_system, table_name, quarantine_reason
    limit 10
"""
METRICS = """
    select
        glossary.metric_id,
        estimates.status,
        coalesce(estimates.status_reason, '') as reason,
        coalesce(estimates.n, 0) as n
    from metric_glossary as glossary
    inner join metric_estimates as estimates on glossary.metric_id = estimates.metric_id
    where estimates.period = 'all' and estimates.slice_dimension = 'overall'
    order by array_position(['ok', 'degraded', 'not_computable'], status), glossary.metric_id
"""
# A column that is missing because its whole table is says nothing more than the table does.
GAPS = """
    select
        input_name,
        count(*) filter (where consequence = 'not_computable') as needed_by,
        count(*) filter (where consequence = 'degraded') as would_improve,
        string_agg(metric_id, ', ' order by consequence desc, metric_id) as metrics
    from metric_input_gaps as gaps
    where not exists (
        select 1
        from metric_input_gaps as whole
        where whole.metric_id = gaps.metric_id
            and whole.input_name = split_part(gaps.input_name, '.', 1)
            and whole.input_name <> gaps.input_name
    )
    group by input_name
    order by needed_by desc, would_improve desc, input_name
"""


def columns(rows: Iterable[Sequence], headings: Sequence[str], width: int = 100) -> str:
    """Rows under headings, each column as wide as it needs; the last one is cut at the width."""
    lines = [[str(cell) for cell in row] for row in [headings, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    text = []
    for line in lines:
        cells = (cell.ljust(size) for cell, size in zip(line, widths, strict=True))
        whole = "  ".join(cells).rstrip()
        text.append(whole if len(whole) <= width else whole[: width - 2].rstrip() + " …")
    return "\n".join(text)


def report(connection: duckdb.DuckDBPyConnection) -> str:
    """The whole report as text."""
    metrics = connection.execute(METRICS).fetchall()
    counts = {
        status: sum(row[1] == status for row in metrics)
        for status in ("ok", "degraded", "not_computable")
    }
    parts = [
        "Mapped tables",
        columns(
            connection.execute(TABLES).fetchall(),
            ("system", "table", "delivered", "accepted", "duplicate", "quarantined"),
        ),
    ]
    quarantined = connection.execute(QUARANTINE).fetchall()
    if quarantined:
        parts += [
            "",
            "Most frequent reasons of quarantine (all of them: quarantined_rows)",
            columns(quarantined, ("system", "table", "reason", "rows")),
        ]
    parts += [
        "",
        f"{len(metrics)} metrics: {counts['ok']} ok, {counts['degraded']} degraded, "
        f"{counts['not_computable']} not computable",
        columns(metrics, ("metric", "status", "reason", "n")),
    ]
    gaps = connection.execute(GAPS).fetchall()
    parts += [""]
    if gaps:
        parts += [
            "What to map next: a missing input, how many metrics need it and how many would gain",
            columns(gaps, ("input", "needed by", "improves", "metrics")),
        ]
    else:
        parts += ["Every input that a metric names is there."]
    return "\n".join(parts)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", nargs="?", default="ai_cx_metrics.duckdb", type=Path)
    path = parser.parse_args().database
    if not path.exists():
        print(f"{path} does not exist: run make build first.", file=sys.stderr)
        return 2
    with duckdb.connect(str(path), read_only=True) as connection:
        print(report(connection))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
