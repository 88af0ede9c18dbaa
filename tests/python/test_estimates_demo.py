"""The demo's estimates: rolled-up statistics, suppressed segments, and what they are made of."""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

DIMENSIONS = [
    "intent_id",
    "channel",
    "customer_segment",
    "handling_path",
    "risk_tier",
    "complexity",
    "release_id",
]
SUMS = {
    "eligible_n": "count(*)",
    "evidenced_n": "count_if(has_evidence)",
    "n": "count_if(weight > 0)",
    "w": "sum(weight)",
    "w2": "sum(weight * weight)",
    "num": "sum(weight * numerator)",
    "den": "sum(weight * denominator)",
    "num2": "sum(power(weight * numerator, 2))",
    "den2": "sum(power(weight * denominator, 2))",
    "numden": "sum(weight * weight * numerator * denominator)",
}


@pytest.fixture
def metric_ids(demo_frame):
    return list(demo_frame("select metric_id from metric_glossary order by 1")["metric_id"])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_rolling_up_a_dimension_equals_the_metric_itself(demo_frame, metric_ids, dimension):
    differences = " or ".join(
        f"abs(rolled.{name} - direct.{name}) > 1e-9 * greatest(1, abs(direct.{name}))"
        for name in SUMS
    )
    direct = " union all ".join(
        f"""select metric_id, {dimension} as slice, is_mature,
            {", ".join(f"{sql} as {name}" for name, sql in SUMS.items())}
        from metric_{metric_id} group by all"""
        for metric_id in metric_ids
    )
    rolled = f"""
        select metric_id, {dimension} as slice, is_mature,
            {", ".join(f"sum({name}) as {name}" for name in SUMS)}
        from metric_daily group by all
    """
    wrong = demo_frame(
        f"""
        select coalesce(rolled.metric_id, direct.metric_id) as metric_id, direct.slice
        from ({rolled}) as rolled
        full join ({direct}) as direct
            on rolled.metric_id = direct.metric_id
            and rolled.slice = direct.slice
            and rolled.is_mature = direct.is_mature
        where rolled.metric_id is null or direct.metric_id is null or {differences}
        """
    )
    assert wrong.empty, wrong


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_rolling_up_the_bins_equals_the_durations_themselves(demo_frame, dimension):
    """Of every metric of durations; zero has a bin of its own."""
    ids = list(
        demo_frame("select metric_id from metric_glossary where kind = 'quantile'")["metric_id"]
    )
    direct = " union all ".join(
        f"""select metric_id, {dimension} as slice, is_mature, has_evidence,
            case when numerator > 0 then cast(ceil(ln(numerator) / ln(1.01 / 0.99)) as int)
            else -100000 end as bin, count(*) as n
        from metric_{metric_id} where weight > 0 group by all"""
        for metric_id in ids
    )
    wrong = demo_frame(
        f"""
        with rolled as (
            select metric_id, {dimension} as slice, is_mature, bin,
                sum(observed_n) as observed_n, sum(censored_n) as censored_n
            from metric_daily_bins group by all
        ),
        direct as (
            select metric_id, slice, is_mature, bin,
                sum(case when has_evidence then n else 0 end) as observed_n,
                sum(case when has_evidence then 0 else n end) as censored_n
            from ({direct}) group by all
        )
        select *
        from rolled
        full join direct
            on rolled.metric_id = direct.metric_id and rolled.slice = direct.slice
            and rolled.is_mature = direct.is_mature and rolled.bin = direct.bin
        where rolled.observed_n is distinct from direct.observed_n
            or rolled.censored_n is distinct from direct.censored_n
        """
    )
    assert wrong.empty, wrong


@pytest.mark.parametrize("period", ["all", "month", "week", "day"])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_estimates_of_a_slice_are_those_of_its_units(demo_frame, metric_ids, dimension, period):
    """Value, n and coverage of every slice, straight from the units of the metric."""
    starts = "date '1900-01-01'" if period == "all" else f"date_trunc('{period}', metric_date)"
    direct = " union all ".join(
        f"""select metric_id, {dimension} as slice_value,
            cast({starts} as date) as period_starts_on, count_if(weight > 0) as n,
            count_if(has_evidence) / count(*) as coverage,
            sum(weight * numerator) / nullif(sum(weight * denominator), 0) as value
        from metric_{metric_id} where is_mature group by all"""
        for metric_id in metric_ids
    )
    compared = demo_frame(
        f"""
        select estimates.metric_id, estimates.n, direct.n as wanted_n,
            abs(estimates.coverage - direct.coverage) < 1e-12 as is_covered_alike,
            glossary.kind = 'quantile' or estimates.value is null
            or abs(estimates.value - direct.value) <= 1e-9 * greatest(1, abs(direct.value))
                as is_same_value
        from metric_estimates as estimates
        inner join metric_glossary as glossary using (metric_id)
        inner join ({direct}) as direct using (metric_id, period_starts_on, slice_value)
        where estimates.period = '{period}' and estimates.slice_dimension = '{dimension}'
            and estimates.n is not null
        """
    )
    # Few intents and segments have 30 units on a day.
    assert len(compared) > (0 if period == "day" else 100)
    assert (compared["n"] == compared["wanted_n"]).all()
    assert compared["is_covered_alike"].all() and compared["is_same_value"].all()


def test_value_of_all_time_is_that_of_the_mature_units(demo_frame, metric_ids):
    """Not of quantiles, whose value is a bin's."""
    direct = " union all ".join(
        f"""select metric_id, sum(weight * numerator) / sum(weight * denominator) as value
        from metric_{metric_id} where is_mature group by metric_id"""
        for metric_id in metric_ids
    )
    wrong = demo_frame(
        f"""
        select estimates.metric_id, estimates.value, direct.value as wanted
        from metric_estimates as estimates
        inner join metric_glossary as glossary using (metric_id)
        inner join ({direct}) as direct using (metric_id)
        where estimates.period = 'all' and estimates.slice_dimension = 'overall'
            and glossary.kind <> 'quantile' and estimates.status <> 'not_computable'
            and not abs(estimates.value - direct.value) <= 1e-9 * greatest(1, abs(direct.value))
        """
    )
    assert wrong.empty, wrong


def test_median_of_a_duration_is_within_a_bin_of_the_exact_one(demo_frame):
    """Where no unit is censored, the median is an order statistic."""
    ids = demo_frame("select metric_id from metric_glossary where quantile = 0.5")["metric_id"]
    for metric_id in ids:
        exact = demo_frame(
            f"""select quantile_disc(numerator, 0.5) as median, count_if(not has_evidence) as open
            from metric_{metric_id} where is_mature and weight > 0"""
        ).iloc[0]
        got = demo_frame(
            f"""select value from metric_estimates where metric_id = '{metric_id}'
            and period = 'all' and slice_dimension = 'overall'"""
        ).iloc[0]
        if exact["open"] == 0:
            assert got["value"] == pytest.approx(exact["median"], rel=0.0101)
        else:
            assert not got["value"] < exact["median"] * 0.98


def test_no_hidden_segment_follows_from_the_total(demo_frame):
    """Hidden segments of a period are at least two and together at least cx_min_n, or all."""
    groups = demo_frame(
        """
        with segments as (
            select metric_id, period, period_starts_on, slice_value, n
            from metric_estimates where slice_dimension = 'customer_segment'
        ),
        units as (
            select metric_id, 'all' as period, customer_segment as slice_value, sum(n) as true_n
            from metric_daily where is_mature group by all
        )
        select metric_id, period, period_starts_on,
            count(*) as segments,
            count_if(n is null) as hidden,
            min(n) as smallest_shown,
            sum(case when n is null then true_n end) as hidden_n,
            max(true_n) as known
        from segments left join units using (metric_id, period, slice_value)
        group by all
        """
    )
    some_shown = groups[(groups["hidden"] > 0) & (groups["hidden"] < groups["segments"])]
    assert len(some_shown) > 0
    assert (some_shown["hidden"] >= 2).all()
    assert (groups["smallest_shown"].dropna() >= 30).all()
    known = some_shown[some_shown["known"] > 0]
    assert (known["hidden_n"] >= 30).all()


SEGMENT_UNITS = """
    with dated as (
        select *, 'all' as period, date '1900-01-01' as starts_on from metric_daily
        union all
        select *, 'month', cast(date_trunc('month', metric_date) as date) from metric_daily
        union all
        select *, 'week', cast(date_trunc('week', metric_date) as date) from metric_daily
        union all
        select *, 'day', metric_date from metric_daily
    )
    select metric_id, period, customer_segment as segment, starts_on, sum(n) as n
    from dated
    where is_mature
    group by all having sum(n) > 0
"""
TOTALS = {
    ("month", "all"): lambda day: date(1900, 1, 1),
    ("week", "all"): lambda day: date(1900, 1, 1),
    ("day", "month"): lambda day: day.replace(day=1),
    ("day", "week"): lambda day: day - timedelta(days=day.weekday()),
}


def determined(cells, shown, periods):
    """The cells that are not shown and that sums of what is shown tell all the same.

    cells: the (period, start, segment) with units, of which those in shown are published; the total
    of each period's segments always is. periods: the pairs of TOTALS that are taken from each
    other. A cell follows where every solution of these equations has the same number there.
    """
    used = {period for pair in periods for period in pair}
    cells = {cell for cell in cells if cell[0] in used}
    hidden = {cell: column for column, cell in enumerate(sorted(cells - shown))}
    sums = defaultdict(dict)
    for period, start, segment in cells:
        sums["whole", period, start][period, start, segment] = 1
        for part, total in periods:
            if part == period:
                of = (total, TOTALS[part, total](start), segment)
                sums[part, of] |= {(period, start, segment): 1, of: -1}
    equations = np.zeros((len(sums) + 1, len(hidden)))
    for row, line in enumerate(sums.values()):
        for cell in line.keys() & hidden.keys():
            equations[row, hidden[cell]] = line[cell]
    _, sizes, rows = np.linalg.svd(equations)
    free = rows[(sizes > 1e-9).sum() :]
    return [
        cell for cell, column in hidden.items() if np.abs(free[:, column]).max(initial=0) < 1e-9
    ]


def test_the_attack_finds_what_a_total_gives_away():
    """Two segments, two months: one hidden cell follows, two in a row and column do not."""
    months = (date(2026, 1, 1), date(2026, 2, 1))
    cells = {("month", month, segment) for month in months for segment in "ab"}
    cells |= {("all", date(1900, 1, 1), segment) for segment in "ab"}
    one = {("month", months[0], "a")}
    assert determined(cells, cells - one, [("month", "all")]) == sorted(one)
    beside = one | {("month", months[0], "b")}
    assert determined(cells, cells - beside, [("month", "all")]) == sorted(beside)
    square = beside | {("month", months[1], segment) for segment in "ab"}
    assert determined(cells, cells - square, [("month", "all")]) == []


@pytest.mark.slow
def test_no_withheld_segment_follows_from_what_is_shown(demo_frame):
    """By no sum over segments, months, weeks or days. One segment alone is the whole."""
    units = demo_frame(SEGMENT_UNITS)
    published = demo_frame(
        """select metric_id, period, period_starts_on as starts_on, slice_value as segment
        from metric_estimates where slice_dimension = 'customer_segment' and n is not null"""
    )
    for frame in (units, published):
        frame["starts_on"] = frame["starts_on"].map(lambda time: time.date())
    attacked = 0
    for metric_id, of_metric in units.groupby("metric_id"):
        keys = ["period", "starts_on", "segment"]
        cells = set(of_metric[keys].itertuples(index=False, name=None))
        shown = published[published["metric_id"] == metric_id][keys]
        shown = set(shown.itertuples(index=False, name=None)) & cells
        sizes = of_metric.groupby(["period", "starts_on"])["segment"].size()
        attacks = [(("month", "all"), ("week", "all"))]
        if any(period == "day" for period, *_ in shown):
            attacks += [(("day", "week"),), (("day", "month"),)]
        for periods in attacks:
            known = determined(cells, shown, periods)
            assert [cell for cell in known if sizes[cell[:2]] > 1] == [], metric_id
        attacked += 0 < len(shown) < len(cells)
    assert attacked > 40


def test_a_day_of_a_slice_has_a_row_where_it_has_enough_units(demo_frame, metric_ids):
    """Of at least cx_min_n (30) eligible mature units; each period has every dimension."""
    wanted = " union all ".join(
        f"""select '{dimension}' as slice_dimension, metric_id, {dimension} as slice_value,
            cast(metric_date as date) as period_starts_on
        from metric_{metric_id} where is_mature group by all having count(*) >= 30"""
        for metric_id in metric_ids
        for dimension in DIMENSIONS
    )
    keys = "slice_dimension, metric_id, slice_value, period_starts_on"
    found = f"select {keys} from metric_estimates where period = 'day'"
    found += " and slice_dimension <> 'overall'"
    assert len(demo_frame(found)) > 1000
    assert demo_frame(f"({found} except select {keys} from ({wanted}))").empty
    assert demo_frame(f"(select {keys} from ({wanted}) except {found})").empty
    periods = demo_frame("select distinct period, slice_dimension from metric_estimates")
    assert len(periods) == 4 * periods["slice_dimension"].nunique()


def design_effect(units):
    """Variance of the ratio with customers as units over that with its own units, at least 1."""
    x, d = units["weight"] * units["numerator"], units["weight"] * units["denominator"]
    residual = x - x.sum() / d.sum() * d
    of_customers = residual.groupby(units["customer_id"]).sum()
    n, k = len(units), len(of_customers)
    if n < 2 or k < 2 or np.isclose((residual**2).sum(), 0):
        return 1.0
    clustered = k / (k - 1) * (of_customers**2).sum()
    return max(1.0, clustered / (n / (n - 1) * (residual**2).sum()))


def limits(units, kind, effect):
    """The 95 % interval of some units, by statsmodels and scipy."""
    x, d = units["weight"] * units["numerator"], units["weight"] * units["denominator"]
    n, value = len(units), x.sum() / d.sum()
    residual_square = ((x - value * d) ** 2).sum()
    kish = d.sum() ** 2 / (d**2).sum() / effect
    if kind == "proportion":
        if value <= 0:
            return 0.0, 1 - 0.05 ** (1 / kish)
        if value >= 1:
            return 0.05 ** (1 / kish), 1.0
        # Units alike, each perhaps resolved: no spread was seen, the units count.
        size = kish
        if residual_square > 1e-13 * (x**2).sum():
            size = value * (1 - value) * d.sum() ** 2 / (residual_square * effect)
        is_plain = (
            effect == 1 and (units["weight"] == 1).all() and (units["denominator"] == 1).all()
        )
        tail = 0.025 if is_plain else stats.norm.sf(stats.t.ppf(0.975, max(1, n - 1)))
        return proportion_confint(value * size, size, alpha=2 * tail, method="wilson")
    if n < 2 or residual_square <= 1e-13 * (x**2).sum():
        return np.nan, np.nan
    error = np.sqrt(residual_square * effect * n / (n - 1)) / abs(d.sum())
    half = stats.t.ppf(0.975, n - 1) * error
    return value - half, value + half


def with_errors(limits_of_units, units, value):
    """Limits of a share with the error of a correction: how far it moves, added by squares."""
    total = (units["weight"] * units["denominator"]).sum()
    columns = ("numerator_down", "numerator_up")
    shifts = [(units["weight"] * units[column]).sum() / total for column in columns]
    lower, upper = limits_of_units
    if not any(shifts):
        return lower, upper
    lower, upper = np.hypot(value - lower, shifts[0]), np.hypot(upper - value, shifts[1])
    return max(0.0, value - lower), min(1.0, value + upper)


@pytest.mark.parametrize("dimension", ["overall", *DIMENSIONS])
def test_limits_are_those_of_statsmodels_and_scipy(demo_frame, dimension):
    """Wilson on the effective size of shares, t on linearised means and ratios, from the units.

    Where reviews of a judge are corrected its error is added by squares. Not of rates per 1,000 and
    the index, whose intervals are tested by themselves, nor where a median is estimated.
    """
    metrics = demo_frame(
        """select metric_id, kind, value_min, value_max from metric_glossary
        where kind in ('proportion', 'mean', 'ratio') and unit <> 'per_1000'
        and metric_id <> 'deflection_to_value'"""
    ).set_index("metric_id")
    metrics = metrics.fillna({"value_min": -np.inf, "value_max": np.inf})
    assert set(metrics["kind"]) == {"proportion", "mean", "ratio"}
    column = "'all'" if dimension == "overall" else dimension
    estimates = demo_frame(
        f"""select metric_id, period, period_starts_on, slice_value, value, lower_95, upper_95
        from metric_estimates where slice_dimension = '{dimension}' and period in ('all', 'month')
        and value is not null and n <> 1"""
    )
    compared = 0
    for metric_id, metric in metrics.iterrows():
        is_corrected = metric_id.startswith("resolution_")
        errors = "{0}numerator_down, {0}numerator_up".format("" if is_corrected else "0e0 as ")
        units = demo_frame(
            f"""select customer_id, weight, numerator, denominator, {column} as slice_value,
                cast(date_trunc('month', metric_date) as date) as month, {errors}
            from metric_{metric_id} where is_mature and weight > 0"""
        )
        of_metric = estimates[estimates["metric_id"] == metric_id]
        if of_metric.empty:
            continue
        effect = design_effect(units)
        by_slice = {
            "all": dict(list(units.groupby("slice_value"))),
            "month": dict(list(units.groupby(["slice_value", "month"]))),
        }
        for row in of_metric.itertuples():
            name = row.slice_value
            if row.period == "month":
                name = (name, row.period_starts_on)
            of_slice = by_slice[row.period][name]
            wanted = with_errors(limits(of_slice, metric["kind"], effect), of_slice, row.value)
            wanted = np.clip(wanted, metric["value_min"], metric["value_max"])
            got = [row.lower_95, row.upper_95]
            # t by a polynomial: 7e-7 of the distance.
            scale = max(1e-9, 1e-6 * np.nan_to_num(np.abs(np.array(wanted) - row.value).max()))
            assert np.allclose(got, wanted, rtol=0, atol=scale, equal_nan=True), (metric_id, row)
            compared += 1
    assert compared > 80


@pytest.mark.parametrize("dimension", ["overall", "intent_id", "channel", "handling_path"])
def test_quantiles_are_within_a_bin_of_those_of_the_durations(demo_frame, dimension):
    """Kaplan-Meier of the durations themselves, censored ones included: 1 % apart, or a unit.

    A unit that is censored in the bin in which others end counts as at risk for all of them.
    """
    column = "'all'" if dimension == "overall" else dimension
    compared = 0
    glossary = demo_frame("select metric_id, quantile from metric_glossary where kind = 'quantile'")
    for metric_id, quantile in glossary.itertuples(index=False):
        units = demo_frame(
            f"""select numerator, has_evidence, {column} as slice_value from metric_{metric_id}
            where is_mature and weight > 0"""
        )
        found = demo_frame(
            f"""select slice_value, value from metric_estimates where metric_id = '{metric_id}'
            and period = 'all' and slice_dimension = '{dimension}' and n is not null"""
        ).set_index("slice_value")["value"]
        for name, of_slice in units.groupby("slice_value"):
            # An end in the same bin as a censoring comes first in both.
            times = of_slice.sort_values(["numerator", "has_evidence"], ascending=[True, False])
            left = np.arange(len(times), 0, -1)
            survival = np.cumprod(1 - times["has_evidence"].to_numpy() / left)
            ends, step = times["numerator"].to_numpy(), 1 / len(times) + 1e-9
            lowest = ends[survival <= 1 - quantile + step]
            highest = ends[survival <= 1 - quantile - step]
            if name in found and len(highest) and not np.isnan(found[name]):
                assert lowest[0] * 0.99 - 1e-9 <= found[name] <= highest[0] * 1.01 + 1e-9, metric_id
                compared += 1
    assert compared >= 5
