"""Writes the demo's figures into README.md, between its markers, from the built database.

python scripts/dev/readme_result.py [DATABASE] [--check]

With --check nothing is written; the exit code is 1 where README.md differs from the database.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
INTENTS_SHOWN = 4


def percent(value: float) -> str:
    """A share as a percentage without decimals."""
    return f"{100 * value:.0f} %"


def result_table(connection: duckdb.DuckDBPyConnection) -> str:
    """Vendor and audited containment, overall and for the intents that inflate most."""
    rows = connection.execute(
        """
        select
            vendor.slice_dimension, vendor.slice_value, vendor.n, vendor.value, audited.value,
            audited.lower_95, audited.upper_95
        from metric_estimates as vendor
        inner join metric_estimates as audited using (period, slice_dimension, slice_value)
        where
            vendor.metric_id = 'containment_rate_vendor'
            and audited.metric_id = 'containment_rate'
            and vendor.period = 'all'
            and vendor.slice_dimension in ('overall', 'intent_id')
            and vendor.value is not null
        order by vendor.slice_dimension desc, vendor.value - audited.value desc
        """
    ).fetchall()
    lines = [
        "| Intent | Journeys | Containment, vendor's count | Audited containment | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for dimension, value, n, vendor, audited, lower, upper in rows[: INTENTS_SHOWN + 1]:
        name = "**All automatable intents**" if dimension == "overall" else f"`{value}`"
        lines.append(
            f"| {name} | {n:,} | {percent(vendor)} | {percent(audited)}"
            f" | {percent(lower)} to {percent(upper)} |"
        )
    return "\n".join(lines)


def metrics_table(connection: duckdb.DuckDBPyConnection) -> str:
    """Every headline metric with what it is, by group."""
    rows = connection.execute(
        """
        select category, metric_name, metric_id, definition
        from metric_glossary
        where tier = 'headline'
        order by
            list_position(
                ['automation', 'quality', 'experience', 'operational', 'risk', 'legacy', 'value'],
                category
            ),
            metric_name
        """
    ).fetchall()
    lines = ["| Group | Metric | What it is |", "|---|---|---|"]
    for category, name, metric_id, definition in rows:
        sentence = re.sub(r"^One row per [^.]*\. ", "", definition)
        lines.append(f"| {category} | {name} (`{metric_id}`) | {sentence} |")
    return "\n".join(lines)


def fill(text: str, marker: str, content: str) -> str:
    """The text with what stands between a marker's start and end replaced."""
    pattern = rf"(<!-- {marker}:start -->\n).*?(<!-- {marker}:end -->)"
    return re.sub(pattern, lambda m: f"{m[1]}{content}\n{m[2]}", text, flags=re.DOTALL)


def main() -> int:
    """Fills README.md, or with --check compares it; 1 where it is out of date."""
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    database = arguments[0] if arguments else "ai_cx_metrics.duckdb"
    text = README.read_text()
    with duckdb.connect(database, read_only=True) as connection:
        filled = fill(text, "result", result_table(connection))
        filled = fill(filled, "metrics", metrics_table(connection))
    if "--check" in sys.argv:
        return int(filled != text)
    README.write_text(filled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
