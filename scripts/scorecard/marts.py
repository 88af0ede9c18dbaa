"""What the page shows, as read from the marts. Nothing is computed here but codes and rounding."""

from __future__ import annotations

from pathlib import Path

import duckdb

CATEGORIES = ["automation", "quality", "experience", "operational", "risk"]
FOLDED = ["legacy", "value"]
DIMENSIONS = ["intent_id", "channel", "customer_segment"]
PERIODS = ["last_4_weeks", "all"]
# Fields of a cell, in this order; the page reads them by position.
CELL = [
    "value", "lower_95", "upper_95", "n", "coverage", "rating", "rating_reason",
    "rating_changes_with", "target", "variation_signal", "assurance_signal", "ewma_signal",
    "change", "change_signal", "is_autocorrelated", "period_starts_on",
    "period_ends_on", "target_risk_tier", "target_channel",
]  # fmt: skip
# Texts that repeat: a cell holds their number in the page's list of words.
CODED = {
    "rating", "rating_reason", "rating_changes_with", "variation_signal", "assurance_signal",
    "change_signal", "period_starts_on", "period_ends_on", "target_risk_tier", "target_channel",
}  # fmt: skip
# Significant digits where fewer than six will do.
DIGITS = {"lower_95": 5, "upper_95": 5, "coverage": 4}
POINT = ["value", "centre", "lower_limit", "upper_limit", "target"]
# How long an alert of severity 1 that has closed stays on the page.
CLOSED_WEEKS = 26


class Words(dict):
    """Numbers texts in the order in which they come up."""

    def code(self, text):
        """The text's number; None for None."""
        return None if text is None else self.setdefault(str(text), len(self))


def rounded(value, digits=6):
    """A number at so many significant digits, whole numbers as such; anything else as it is."""
    if not isinstance(value, float):
        return value
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def trimmed(values):
    """A list without the Nones at its end."""
    values = list(values)
    while values and values[-1] is None:
        values.pop()
    return values


def rows(connection, sql):
    """Rows of a query as dicts."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def metrics(connection):
    """Every metric with its prose, in the order of the page."""
    order = ", ".join(f"'{c}'" for c in CATEGORIES + FOLDED)
    return rows(
        connection,
        f"""
        select
            metric_id as id, metric_name as name, category, tier, companion_of, leading_lagging,
            owner, unit, direction_of_good as direction, guardrail_metric_id as guardrail,
            definition, unit_of_analysis, inclusion, exclusion, confirmation, segmentation,
            definition_version as version, version_valid_from as valid_from, model_name as model
        from metric_glossary
        order by list_position([{order}], category), tier desc, rowid
        """,
    )


def dimensions(connection):
    """The values that each filter offers."""
    return {
        dimension: [
            row["value"]
            for row in rows(
                connection,
                f"select distinct {dimension} as value from scorecard"
                f" where {dimension} <> 'all' order by 1",
            )
        ]
        for dimension in DIMENSIONS
    }


def cell_key(row, positions):
    """Number of a slice among all combinations of the filters; 0 is all of each."""
    key = 0
    for dimension in DIMENSIONS:
        key = key * (len(positions[dimension]) + 1) + positions[dimension].get(row[dimension], 0)
    return key


def cells(connection, metric_positions, values, words):
    """{period: {metric: {slice: fields}}}; a slice that shows nothing is the number of why.

    Companions are shown by one filter at a time: their combinations would double the page.
    """
    positions = {d: {v: i + 1 for i, v in enumerate(vs)} for d, vs in values.items()}
    found = {period: {} for period in PERIODS}
    query = """
        select * from scorecard
        where slice_dimension <> 'combined' or tier = 'headline'
    """
    for row in rows(connection, query):
        key = cell_key(row, positions)
        of_metric = found[row["period"]].setdefault(metric_positions[row["metric_id"]], {})
        if row["value"] is None and row["slice_dimension"] != "overall":
            of_metric[key] = words.code(row["rating_reason"])
            continue
        if row["slice_dimension"] == "combined":
            # What is the same in every combination is said once, on the page.
            row.update(period_starts_on=None, period_ends_on=None, rating_changes_with=None)
            row.update(target_risk_tier=None, target_channel=None, change=None)
        of_metric[key] = trimmed(
            words.code(row[name]) if name in CODED else number(row[name], DIGITS.get(name, 6))
            for name in CELL
        )
    return found


def number(value, digits):
    """A cell's number: booleans as 1 or None, the rest rounded."""
    if isinstance(value, bool):
        return 1 if value else None
    return rounded(value, digits)


def series(connection, metric_positions, values, words):
    """Weeks and {metric: {slice: columns of points}}; a slice is a letter and a number."""
    found = {}
    weeks = [
        str(row["week"])
        for row in rows(
            connection,
            "select distinct week_starts_on as week from scorecard_series order by 1",
        )
    ]
    week_positions = {week: i for i, week in enumerate(weeks)}
    slices = {("overall", "all"): "o"}
    for dimension, letter in zip(DIMENSIONS, "ics", strict=True):
        slices |= {(dimension, v): f"{letter}{i + 1}" for i, v in enumerate(values[dimension])}
    # A companion has a line beside its headline metric, not a chart of its own.
    query = """
        select series.* from scorecard_series as series
        inner join metric_glossary using (metric_id)
        where tier = 'headline' order by week_starts_on
    """
    for row in rows(connection, query):
        key = slices.get((row["slice_dimension"], row["slice_value"]))
        if key is None:
            continue
        of_slice = found.setdefault(metric_positions[row["metric_id"]], {}).setdefault(
            key, {name: [] for name in ["week", *POINT, "signal", "cause"]}
        )
        of_slice["week"].append(week_positions[str(row["week_starts_on"])])
        for name in POINT:
            of_slice[name].append(rounded(row[name], 4))
        signal = row["variation_signal"]
        of_slice["signal"].append(words.code(signal) if signal != "common_cause" else None)
        of_slice["cause"].append(words.code(row["special_cause"]))
    for of_metric in found.values():
        for key, columns in of_metric.items():
            of_metric[key] = {name: packed(column) for name, column in columns.items()}
    return weeks, found


def packed(column):
    """A column of points; one value where all are the same."""
    return column[0] if len(set(column)) == 1 else column


def composites(connection):
    """The composites and, per metric, what makes them up."""
    return {
        "totals": rows(connection, "select * from scorecard_composites order by composite"),
        "parts": rows(
            connection,
            """
            select
                composite_type, composite, period, metric_name, metric_id,
                max(metric_weight) as metric_weight, sum(contribution) as contribution,
                sum(intent_weight * attainment) as attainment,
                count(attainment) as intents
            from scorecard_composite_parts
            group by all
            order by composite, metric_name
            """,
        ),
        "intents": rows(
            connection,
            """
            select period, intent_id, max(intent_value_usd) as intent_value_usd,
                max(risk_weight) as risk_weight, sum(contribution) as contribution
            from scorecard_composite_parts
            where composite_type = 'overall'
            group by all
            order by contribution desc nulls last, intent_id
            """,
        ),
    }


def releases(connection):
    """Releases and rebases, by day."""
    return {
        "releases": rows(
            connection,
            """
            select
                release_id as id, cast(deployed_at as date) as date, model,
                prompt_version as prompt,
                cast(rolled_back_at as date) as rolled_back
            from dim_releases order by deployed_at
            """,
        ),
        "rebases": rows(
            connection,
            """
            select distinct metric_id, cast(rebased_on as date) as date, rebase_reason as reason
            from metric_process_charts where rebased_on is not null order by 2
            """,
        ),
    }


def watch(connection):
    """What the monitoring marts say of the whole company: the filters do not cut them."""
    return {
        "alerts": rows(
            connection,
            f"""
            with clock as (
                select coalesce(
                    (select max(week_starts_on) from scorecard_series),
                    (select max(last_seen) from alerts)
                ) as latest_week
            )

            select
                alerts.alert_id as id, source, severity, is_open, alerts.metric_id,
                metric_name as name, slice_dimension, slice_value, first_seen, last_seen,
                ended_on, size, size_unit, alerts.owner, reason, runbook
            from alerts
            cross join clock
            left join metric_glossary on alerts.metric_id = metric_glossary.metric_id
            where is_open
                or (severity = 1 and ended_on >= latest_week - interval '{CLOSED_WEEKS} weeks')
            order by severity, first_seen, alert_id
            """,
        ),
        "closed_weeks": CLOSED_WEEKS,
        # The whole and each release in its latest week that is ok, else in its latest week.
        "drift": rows(
            connection,
            """
            with latest as (
                select slice_dimension, slice_value, week_starts_on
                from model_drift_index
                where metric_id = 'model_drift_index'
                qualify row_number() over (
                    partition by slice_dimension, slice_value
                    order by status = 'ok' desc, week_starts_on desc
                ) = 1
            )

            select
                metric_id, slice_dimension, slice_value, week_starts_on as week, value,
                worse_value, monitors, signals, status, status_reason
            from model_drift_index
            inner join latest using (slice_dimension, slice_value, week_starts_on)
            left join dim_releases on release_id = slice_value
            order by slice_dimension = 'overall' desc, deployed_at desc, slice_value, metric_id
            """,
        ),
        "drift_series": rows(
            connection,
            """
            select week_starts_on as week, value
            from model_drift_index
            where metric_id = 'model_drift_index' and slice_dimension = 'overall' and status = 'ok'
            order by week_starts_on
            """,
        ),
        # A proven gap comes before a larger one that may be chance.
        "fairness": rows(
            connection,
            """
            select
                metric_id, metric_name as name, worst_segment_type, worst_segment, best_segment,
                value, lower_95, upper_95, crude_value, standardisation_effect, verdict,
                status, status_reason
            from fairness_gap
            left join metric_glossary using (metric_id)
            where segment_type = 'all'
            order by
                coalesce(list_position(['breach', 'watch', 'ok'], verdict), 4),
                value desc nulls last, metric_id
            """,
        ),
        "verdicts": rows(
            connection,
            """
            select
                release_id as id, cast(deployed_at as date) as date,
                cast(rolled_back_at as date) as rolled_back, control_release_id as control,
                verdict, first_seen_on, metric_name as name, unit, effect, decided.lower_95,
                decided.upper_95, decided.owner, reason
            from release_verdicts as decided
            left join metric_glossary using (metric_id)
            order by deployed_at desc, release_id
            """,
        ),
    }


def simple(value):
    """The value with dates as text and numbers rounded, at any depth."""
    if isinstance(value, dict):
        return {name: simple(v) for name, v in value.items()}
    if isinstance(value, list):
        return [simple(v) for v in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return rounded(float(value)) if not hasattr(value, "isoformat") else value.isoformat()


def read(database: Path) -> dict:
    """All that the page shows, ready for JSON."""
    words = Words()
    with duckdb.connect(str(database), read_only=True) as connection:
        listed = metrics(connection)
        positions = {metric["id"]: i for i, metric in enumerate(listed)}
        values = dimensions(connection)
        weeks, points = series(connection, positions, values, words)
        data = {
            "metrics": listed,
            "dimensions": values,
            "cells": cells(connection, positions, values, words),
            "fields": CELL,
            "coded": sorted(CODED),
            "weeks": weeks,
            "series": points,
            "composites": composites(connection),
            **releases(connection),
            "watch": watch(connection),
            "categories": CATEGORIES,
            "folded": FOLDED,
        }
    data["words"] = list(words)
    return simple(data)
