"""Whatever the units are: metric_daily adds up along every dimension and period, without loss.

Hypothesis draws units of a metric and a set of dimensions to keep; the models' own SQL aggregates
them by day, and its sums rolled up to these dimensions have to be those of the units themselves.
"""

import math
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import duckdb
import pandas as pd
import pytest
from dbt_helpers import PROJECT_ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from model_harness import _environment
from sqlglot import parse_one

DIMENSIONS = (
    "intent_id",
    "channel",
    "customer_segment",
    "handling_path",
    "risk_tier",
    "complexity",
    "release_id",
)
SUMS = ("eligible_n", "evidenced_n", "n", "w", "w2", "num", "den", "num2", "den2", "numden")
PERIODS = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "all": lambda day: date(1900, 1, 1),
}
# Numbers as metrics have them, and some that a sum of doubles could lose.
NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 0.1, 3.5, 1000.0, 86_399.75, 1e-6, 2.0**40])
UNIT = st.fixed_dictionaries(
    {
        "metric_date": st.dates(date(2026, 1, 26), date(2026, 3, 5)),
        "is_mature": st.booleans(),
        "has_evidence": st.booleans(),
        "numerator": NUMBERS,
        "denominator": st.sampled_from([0.0, 1.0, 2.0, 7.25]),
        "weight": st.sampled_from([0.0, 1.0, 0.5, 12.5]),
        **{name: st.sampled_from(["a", "b"]) for name in DIMENSIONS},
    }
)


@cache
def sql(model):
    """A model of the scorecard over one metric, `metric_drawn`, which is a duration as well."""
    (path,) = (PROJECT_ROOT / "models").rglob(f"{model}.sql")
    environment = _environment().overlay()
    template = environment.from_string(path.read_text())
    return template.render(
        var=lambda name, default=None: {"cx_metrics": ["drawn"], "cx_min_n": 30}[name],
        metrics_of_kind=lambda kind: ["drawn"],
        metric_dimension_names=lambda: list(DIMENSIONS),
        has_estimated_baseline=lambda metric_id: False,
        slices_by_period=lambda relation: " union all ".join(
            f"select *, '{period}' as period, {starts_on(period)} as period_starts_on"
            f" from {relation}"
            for period in PERIODS
        ),
    )


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        yield connection


def starts_on(period):
    """The day on which the period of metric_date starts, in SQL."""
    known = {"all": "date '1900-01-01'", "day": "metric_date"}
    return known.get(period, f"cast(date_trunc('{period}', metric_date) as date)")


def rolled(engine, units, relation, keep, period, columns):
    """{(period start, kept dimensions …): the sums of a relation over it} of mature units."""
    names = ["starts_on", *keep]
    selected = ", ".join([f"{starts_on(period)} as starts_on", *keep])
    rows = engine.execute(
        f"select {selected}, {', '.join(f'sum({column})' for column in columns)}"
        f" from ({sql(relation)}) as model where is_mature group by {', '.join(names)}"
    ).fetchall()
    return {row[: len(names)]: row[len(names) :] for row in rows}


def load(engine, units):
    """The units as the metric's own model would give them."""
    drawn = pd.DataFrame(units).assign(metric_id="drawn", customer_id="c")  # noqa: F841
    engine.execute(
        "create or replace temporary table metric_drawn as"
        " select * replace (cast(metric_date as date) as metric_date) from drawn"
    )


def key(unit, keep, period):
    return (PERIODS[period](unit["metric_date"]), *(unit[name] for name in keep))


def sums(unit):
    """What one unit adds, as STATISTICS of the design has it."""
    x, d = unit["weight"] * unit["numerator"], unit["weight"] * unit["denominator"]
    counts = (1, int(unit["has_evidence"]), int(unit["weight"] > 0))
    return (*counts, unit["weight"], unit["weight"] ** 2, x, d, x * x, d * d, x * d)


@settings(max_examples=120, deadline=None)
@given(
    units=st.lists(UNIT, min_size=1, max_size=40),
    keep=st.sets(st.sampled_from(DIMENSIONS)).map(sorted),
    period=st.sampled_from(sorted(PERIODS)),
)
def test_sums_by_day_roll_up_to_the_units(engine, units, keep, period):
    load(engine, units)
    parts = defaultdict(list)
    for unit in units:
        if unit["is_mature"]:
            parts[key(unit, keep, period)].append(sums(unit))
    wanted = {
        name: [math.fsum(part) for part in zip(*of, strict=True)] for name, of in parts.items()
    }
    got = rolled(engine, units, "metric_daily", keep, period, SUMS)
    assert got.keys() == wanted.keys()
    for name, values in wanted.items():
        largest = [math.fsum(abs(v) for v in part) for part in zip(*parts[name], strict=True)]
        for column, value, expected, size in zip(SUMS, got[name], values, largest, strict=True):
            assert value == pytest.approx(expected, rel=0, abs=1e-9 * max(1, size)), column


@settings(max_examples=60, deadline=None)
@given(
    units=st.lists(UNIT, min_size=1, max_size=40),
    keep=st.sets(st.sampled_from(DIMENSIONS)).map(sorted),
    period=st.sampled_from(sorted(PERIODS)),
)
def test_bins_by_day_roll_up_to_the_units(engine, units, keep, period):
    """Every unit with a weight is in the bin whose limits hold its duration, once."""
    load(engine, units)
    wanted = defaultdict(lambda: [0, 0])
    for unit in units:
        if unit["is_mature"] and unit["weight"] > 0:
            wanted[key(unit, keep, period)][0 if unit["has_evidence"] else 1] += 1
    counts = rolled(engine, units, "metric_daily_bins", keep, period, ("observed_n", "censored_n"))
    assert {name: list(count) for name, count in counts.items()} == dict(wanted)
    durations = sorted(
        max(unit["numerator"], 0.0) for unit in units if unit["is_mature"] and unit["weight"] > 0
    )
    bins = engine.execute(
        "select bin, sum(observed_n + censored_n) from"
        f" ({sql('metric_daily_bins')}) as model where is_mature group by bin order by bin"
    ).fetchall()
    held = [bin for bin, count in bins for _ in range(int(count))]
    for bin, duration in zip(held, durations, strict=True):
        upper = 0 if bin == -100000 else (1.01 / 0.99) ** bin
        assert upper / (1.01 / 0.99) * (1 - 1e-9) <= duration <= upper * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(units=st.lists(UNIT, min_size=1, max_size=40))
def test_slices_are_the_sums_of_each_dimension(engine, units):
    """metric_slices holds every dimension and the whole, mature and not."""
    load(engine, units)
    engine.execute(f"create or replace temporary table metric_daily as {sql('metric_daily')}")
    rows = engine.execute(
        "select slice_dimension, slice_value, metric_date, is_mature, eligible_n, num, numden"
        f" from ({sql('metric_slices')}) as model"
    ).fetchall()
    wanted = defaultdict(list)
    for unit in units:
        for dimension in ("overall", *DIMENSIONS):
            value = unit.get(dimension, "all")
            wanted[dimension, value, unit["metric_date"], unit["is_mature"]].append(sums(unit))
    got = {row[:4]: row[4:] for row in rows}
    assert len(rows) == len(got) and got.keys() == wanted.keys()
    for name, of in wanted.items():
        columns = list(zip(*of, strict=True))
        for value, part in zip(got[name], (columns[0], columns[5], columns[9]), strict=True):
            size = max(1, math.fsum(abs(v) for v in part))
            assert value == pytest.approx(math.fsum(part), rel=0, abs=1e-9 * size)


SEGMENT_SIZES = st.dictionaries(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 3, 31)), st.sampled_from("abc")),
    st.integers(1, 60),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(sizes=SEGMENT_SIZES)
def test_small_segments_are_withheld_and_never_alone(engine, sizes):
    """Along each sum that is published nothing or at least two segments are withheld."""
    rows = [(day, segment, n) for (day, segment), n in sizes.items()]
    drawn = pd.DataFrame(rows, columns=["metric_date", "slice_value", "n"])  # noqa: F841
    engine.execute(
        "create or replace temporary table metric_slices as select 'm' as metric_id,"
        " cast(metric_date as date) as metric_date, true as is_mature, slice_value, n,"
        " 'customer_segment' as slice_dimension from drawn"
    )
    withheld = engine.execute(
        "select period, period_starts_on, slice_value, n"
        f" from ({sql('metric_segments_withheld')}) as model"
    ).fetchall()
    hidden = {row[:3]: row[3] for row in withheld}
    cells = defaultdict(int)
    for day, segment, n in rows:
        for period, starts in PERIODS.items():
            cells[period, starts(day), segment] += n
    assert {cell for cell, n in cells.items() if n < 30} <= set(hidden)
    lines = defaultdict(set)
    for period, start, segment in cells:
        lines["segments", period, start].add((period, start, segment))
        if period in ("month", "week"):
            total = ("all", PERIODS["all"](start), segment)
            lines[period, segment] |= {(period, start, segment), total}
        if period == "day":
            for longer in ("week", "month"):
                total = (longer, PERIODS[longer](start), segment)
                lines[longer, total] |= {(period, start, segment), total}
    for name, line in lines.items():
        kept_back = line & set(hidden)
        # One segment alone is the whole, one month alone is all time.
        is_alone = len(line) == (1 if name[0] == "segments" else 2)
        assert len(kept_back) != 1 or is_alone, (name, hidden)


def test_spark_reads_what_withholds_segments():
    assert parse_one(sql("metric_segments_withheld"), read="spark") is not None
