"""Metrics whose units are compared with a baseline that is estimated itself; and no event at all.

deflection_to_value compares efforts with a median, agent_productivity_lift work with that of weeks
without assistance. Their intervals are compared with a bootstrap and a jackknife of the demo, and
counted in worlds of known truth.
"""

import re

import numpy as np
import pandas as pd
import pytest
from coverage_study import bounds
from macros_harness import parses_on_spark, run
from model_harness import build
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

SUMS = """
    select
        world, kind, count(*) as n, sum(weight) as w, sum(weight * weight) as w2,
        sum(weight * numerator) as num, sum(weight * denominator) as den,
        sum(power(weight * numerator, 2)) as num2, sum(power(weight * denominator, 2)) as den2,
        sum(weight * weight * numerator * denominator) as numden,
        sum(weight * numerator_down) as num_down, sum(weight * numerator_up) as num_up
    from units group by world, kind
"""
CUSTOMERS = """
    select
        world, customer_id, count(*) as units, sum(numerator) as x, sum(denominator) as d,
        sum(power(numerator, 2)) as x2, sum(power(denominator, 2)) as d2,
        sum(numerator * denominator) as xd
    from units group by world, customer_id
"""
LIMITS = f"""
    with customers as ({CUSTOMERS}),
    effects as ({{{{ design_effects('customers', id='world') }}}}),
    sums as ({SUMS}),
    described as (
        select sums.*, effects.design_effect, {{{{ metric_value('sums') }}}} as value
        from sums inner join effects on sums.world = effects.world
    ),
    estimated as (
        select described.*,
            {{{{ interval_lower('kind', design_effect='design_effect') }}}} as units_lower,
            {{{{ interval_upper('kind', design_effect='design_effect') }}}} as units_upper
        from described
    )
    select estimated.*,
        {{{{ with_baseline_error('lower', 'value', 'units_lower') }}}} as lower,
        {{{{ with_baseline_error('upper', 'value', 'units_upper') }}}} as upper
    from estimated order by world
"""


def limits(units, kind, query=LIMITS):
    """Value and limits of each world, from rows of units. query: as LIMITS."""
    defaults = {"world": 1, "weight": 1.0, "denominator": 1.0, "numerator_down": 0.0}
    units = units.assign(
        kind=kind,
        customer_id=units.get("customer_id", pd.Series(units.index)).astype(str),
        numerator_up=units.get("numerator_up", 0.0),
        **{name: units.get(name, value) for name, value in defaults.items()},
    )
    return run(query, units=units)


def assert_covered(found, truth):
    """As often as nominal, within the exact binomial bounds."""
    covered = ((found["lower"] <= truth) & (truth <= found["upper"])).mean()
    low, high = bounds(len(found))
    assert low <= covered <= high, covered


# --- The macros ---------------------------------------------------------------------------------


def test_a_baseline_of_few_values_moves_whole_units():
    """40 of 100, of which 10 may be none, and 25 more may be: from the one to the other."""
    units = pd.DataFrame({"numerator": [1.0] * 40 + [0.0] * 60})
    units["numerator_down"] = [1.0] * 10 + [0.0] * 90
    units["numerator_up"] = [0.0] * 75 + [1.0] * 25
    row = limits(units, "proportion").iloc[0]
    plain = limits(units[["numerator"]], "proportion").iloc[0]
    assert (row.units_lower, row.units_upper) == (plain.lower, plain.upper)
    assert row.lower == pytest.approx(plain.lower - 0.10, abs=1e-12)
    assert row.upper == pytest.approx(plain.upper + 0.25, abs=1e-12)


def test_the_error_of_a_smooth_baseline_adds_by_squares():
    """40 of 100; a correction may take 3 away or add 5, beside Wilson's limits."""
    units = pd.DataFrame({"numerator": [1.0] * 40 + [0.0] * 60})
    units["numerator_down"] = [0.3] * 10 + [0.0] * 90
    units["numerator_up"] = [0.0] * 90 + [0.5] * 10
    smooth = re.sub(r"'units_(lower|upper)'", r"'units_\1', is_smooth='true'", LIMITS)
    row = limits(units, "proportion", smooth).iloc[0]
    lower, upper = proportion_confint(40, 100, method="wilson")
    assert row.lower == pytest.approx(0.4 - np.hypot(0.4 - lower, 0.03), abs=1e-9)
    assert row.upper == pytest.approx(0.4 + np.hypot(upper - 0.4, 0.05), abs=1e-9)


def test_limits_of_a_proportion_end_at_0_and_1():
    units = pd.DataFrame({"numerator": [1.0] * 5 + [0.0] * 5})
    units = units.assign(numerator_down=units["numerator"], numerator_up=1 - units["numerator"])
    assert limits(units, "proportion")[["lower", "upper"]].to_numpy().tolist() == [[0, 1]]


def index_units(observed, expected, half_width=0.0):
    observed, expected = np.array(observed, float), np.array(expected, float)
    return pd.DataFrame(
        {
            "numerator": observed - expected,
            "denominator": expected,
            "numerator_down": observed * (1 - np.exp(-half_width)),
            "numerator_up": observed * (np.exp(half_width) - 1),
        }
    )


def test_interval_of_an_index_is_that_of_the_logarithm():
    """By the delta method, by hand: 60 observed for 50 expected."""
    observed, expected = [10, 14, 9, 15, 12], [10, 10, 8, 12, 10]
    residuals = np.array(observed) - 1.2 * np.array(expected)
    spread = stats.t.ppf(0.975, 4) * np.sqrt(5 / 4 * (residuals**2).sum()) / 60
    for half_width in (0.0, 0.3):
        row = limits(index_units(observed, expected, half_width), "index").iloc[0]
        wanted = 1.2 * np.exp(np.array([-1, 1]) * np.hypot(spread, half_width)) - 1
        assert row.value == pytest.approx(0.2)
        assert (row.lower, row.upper) == pytest.approx(tuple(wanted), abs=1e-6)


def test_an_index_of_nothing_observed_has_the_exact_bound():
    """No event of a Poisson count has a probability of 5 % at a mean of 3.00 (rule of three)."""
    row = limits(index_units([0, 0, 0], [2, 3, 5]), "index").iloc[0]
    assert row.value == row.lower == -1
    assert row.upper == pytest.approx(stats.chi2.ppf(0.95, 2) / 2 / 10 - 1, rel=1e-12)


def test_one_unit_has_no_interval():
    row = limits(index_units([3], [2], 0.2), "index").iloc[0]
    assert pd.isna([row.lower, row.upper]).all()


def test_spark_reads_the_sql():
    assert parses_on_spark(LIMITS)


# --- Productivity lift --------------------------------------------------------------------------


def agent_weeks(rng, starts_in_week, lift=0.1):
    """24 agents who differ, for 26 weeks; half of them get assistance from a week on."""
    speed = rng.lognormal(0, 0.2, 24)
    agent, week = (grid.ravel() for grid in np.meshgrid(range(24), range(26), indexing="ij"))
    is_assisted = (agent < 12) & (week >= starts_in_week)
    hours = rng.choice([20.0, 40.0], agent.size)
    work = rng.poisson(0.05 * hours * speed[agent] * (1 + lift * is_assisted))
    return pd.DataFrame(
        {
            "agent_week_id": np.arange(agent.size).astype(str),
            "agent_id": agent.astype(str),
            "week_starts_on": pd.Timestamp("2026-01-05") + pd.to_timedelta(7 * week, unit="D"),
            "is_assisted": is_assisted,
            "is_mature": True,
            "paid_hours": hours,
            "standardised_resolutions": work.astype(float),
        }
    )


@pytest.mark.parametrize("starts_in_week", [0, 13])
def test_lift_of_agents_who_differ_is_covered(starts_in_week):
    """Of all weeks and of a single one; and not without the error of the baseline.

    Where the same agents work on both sides, part of what sets them apart cancels out.
    """
    rng = np.random.default_rng(5)
    units = pd.concat(
        build(
            ["metric_agent_productivity_lift"],
            {"int_agent_weeks_productive": agent_weeks(rng, starts_in_week)},
        ).assign(world=world)
        for world in range(120)
    )
    found = limits(units, "index")
    assert_covered(found, 0.1)
    week = units[units["metric_date"] == pd.Timestamp("2026-06-01")]
    assert_covered(limits(week, "index"), 0.1)
    if starts_in_week == 0:
        bare = found.assign(lower=found["units_lower"], upper=found["units_upper"])
        with pytest.raises(AssertionError):
            assert_covered(bare, 0.1)


def test_one_agent_alone_is_compared_with_nobody():
    weeks = agent_weeks(np.random.default_rng(1), 13)
    got = build(
        ["metric_agent_productivity_lift"],
        {"int_agent_weeks_productive": weeks[weeks["agent_id"] == "0"]},
    )
    assert len(got) == 13
    assert not got["has_evidence"].any()
    assert (got[["weight", "numerator", "numerator_down", "numerator_up"]] == 0).all().all()


def test_published_lift_has_the_interval_of_its_agents(demo_frame):
    """That of productivity_lift, and of a jackknife that leaves out one agent at a time."""
    published = demo_frame(
        """select value, lower_95, upper_95 from metric_estimates
        where metric_id = 'agent_productivity_lift' and period = 'all'
            and slice_dimension = 'overall'"""
    ).iloc[0]
    other = demo_frame("select lift, lower_95, upper_95 from productivity_lift where scope = 'all'")
    assert published.to_numpy() == pytest.approx(other.iloc[0].to_numpy(), abs=1e-9)
    weeks = demo_frame("select * from int_agent_weeks_productive where is_mature")

    def log_lift(rows):
        sums = rows.groupby("is_assisted")[["standardised_resolutions", "paid_hours"]].sum()
        rates = sums["standardised_resolutions"] / sums["paid_hours"]
        return np.log(rates[True] / rates[False])

    agents = weeks["agent_id"].unique()
    left = np.array([log_lift(weeks[weeks["agent_id"] != agent]) for agent in agents])
    error = np.sqrt((len(agents) - 1) * left.var())
    half_width = stats.t.ppf(0.975, len(agents) - 1) * error
    assert np.log(1 + published["value"]) == pytest.approx(log_lift(weeks), abs=1e-12)
    published_half_width = np.log((1 + published["upper_95"]) / (1 + published["lower_95"])) / 2
    assert published_half_width == pytest.approx(half_width, rel=0.08)


def test_every_lift_of_two_agents_has_an_interval(demo_frame):
    missing = demo_frame(
        """select period, period_starts_on, slice_dimension, n from metric_estimates
        where metric_id = 'agent_productivity_lift' and value is not null and n > 1
            and not coalesce(lower_95 <= value and value <= upper_95, false)"""
    )
    assert missing.empty, missing


# --- Deflection to value ------------------------------------------------------------------------


def test_possible_medians_are_those_of_the_sign_test(demo_frame):
    """What share of the intent's journeys has less effort, against z / (2 sqrt(n))."""
    compared = demo_frame("select * from int_journeys_effort_compared")
    mature = demo_frame("select journey_id from fct_journeys where is_mature")["journey_id"]
    assert (
        compared["is_effort_at_most_lowest_median"] <= compared["is_effort_at_most_median"]
    ).all()
    assert (
        compared["is_effort_at_most_median"] <= compared["is_effort_at_most_highest_median"]
    ).all()
    base = compared[compared["journey_id"].isin(mature)]
    for intent, rows in base.groupby("intent_id"):
        effort = np.sort(rows["effort_points"].to_numpy())
        below = np.searchsorted(effort, rows["effort_points"] - 1e-9) / len(effort)
        # The turns of the point estimate are among the possible ones: these are certain.
        tolerance = stats.norm.ppf(0.975) / 2 / np.sqrt(len(effort))
        is_open = np.abs(below - 0.5) < tolerance
        assert rows["is_effort_at_most_highest_median"][below < 0.5 + tolerance].all(), intent
        assert not rows["is_effort_at_most_lowest_median"][is_open | (below > 0.5)].any(), intent


def bootstrap_shares(offers, journeys, draws):
    """Shares of offers deflected to value in resamples of customers, medians and all."""
    rng = np.random.default_rng(2)
    customers = pd.Index(pd.concat([offers["customer_id"], journeys["customer_id"]]).unique())
    places = {
        name: customers.get_indexer(frame["customer_id"])
        for name, frame in (("offers", offers), ("journeys", journeys))
    }
    found = []
    for _ in range(draws):
        counts = rng.multinomial(len(customers), np.full(len(customers), 1 / len(customers)))
        weights = {name: counts[place] for name, place in places.items()}
        deflected = 0
        for intent in offers["intent_id"].unique():
            own, these = journeys["intent_id"] == intent, offers["intent_id"] == intent
            turns, trouble = journeys["turns"][own], journeys["trouble"][own]
            times = weights["journeys"][own]
            median_turns = np.median(np.repeat(turns, times))
            efforts = trouble + 20 / 6 * (turns - median_turns).clip(0, 6)
            median = np.median(np.repeat(efforts, times))
            offered = offers[these]
            effort = offered["trouble"] + 20 / 6 * (offered["turns"] - median_turns).clip(0, 6)
            deflected += weights["offers"][these] @ (offered["is_good"] & (effort <= median + 1e-9))
        found.append(deflected / weights["offers"].sum())
    return np.array(found)


def test_published_deflection_holds_the_bootstrap(demo_frame):
    """It holds most shares in resamples, medians and all; that of the offers alone a lot fewer."""
    trouble = """effort.clarifications_points + effort.repeats_points
        + effort.reauthentications_points as trouble, journeys.customer_turns as turns"""
    offers = demo_frame(
        f"""select offers.customer_id, offers.intent_id,
            is_accepted and is_completed_there and is_without_recontact as is_good, {trouble}
        from int_shift_offers_judged as offers
        inner join fct_journeys as journeys using (journey_id)
        inner join int_journeys_effort as effort using (journey_id)
        where journeys.is_mature"""
    )
    journeys = demo_frame(
        f"""select journeys.customer_id, journeys.intent_id, {trouble}
        from fct_journeys as journeys
        inner join int_journeys_effort as effort using (journey_id)
        where journeys.is_mature"""
    )
    published = demo_frame(
        """select value, lower_95, upper_95, n from metric_estimates
        where metric_id = 'deflection_to_value' and period = 'all'
            and slice_dimension = 'overall'"""
    ).iloc[0]
    assert published["n"] == len(offers)
    shares = bootstrap_shares(offers, journeys, 300)
    held = ((published["lower_95"] <= shares) & (shares <= published["upper_95"])).mean()
    successes = round(published["value"] * published["n"])
    lower, upper = proportion_confint(successes, len(offers), method="wilson")
    assert held >= 0.9
    assert ((lower <= shares) & (shares <= upper)).mean() < 0.8


# --- No event at all ----------------------------------------------------------------------------


def test_no_violation_of_severity_1_has_the_exact_bound(demo_frame):
    """From 0 to Clopper and Pearson's one-sided 95 % limit of no event in n turns (Kish's n)."""
    rows = demo_frame(
        """
        select estimates.metric_id, estimates.value, estimates.lower_95, estimates.upper_95,
            sums.den * sums.den / (sums.den2 * effects.design_effect) as turns
        from metric_estimates as estimates
        inner join (
            select metric_id, slice_dimension, slice_value, sum(num) as num, sum(den) as den,
                sum(den2) as den2
            from metric_slices where is_mature group by all
        ) as sums using (metric_id, slice_dimension, slice_value)
        inner join metric_design_effects as effects using (metric_id)
        where estimates.period = 'all' and sums.num = 0 and estimates.value is not null
            and metric_id = 'violation_rate_severity_1'
        """
    )
    assert len(rows) > 20
    assert (rows["value"] == 0).all() and (rows["lower_95"] == 0).all()
    exact = 1000 * stats.beta.ppf(0.95, 1, rows["turns"])
    assert rows["upper_95"].to_numpy() == pytest.approx(exact, rel=1e-9)
    many = rows[rows["turns"] > 100]
    assert many["upper_95"].to_numpy() == pytest.approx(3000 / many["turns"].to_numpy(), rel=0.02)


def test_coverage_of_rare_events():
    """Exact, of 350 turns with 0.01 to 8 events expected, the limits being those of the macros.

    On average nominal; where 0.17 are expected the limits of one event, Wilson's, begin above it.
    """
    counts = np.arange(40)
    units = pd.DataFrame(
        {
            "world": np.repeat(counts, 350),
            "numerator": (np.tile(np.arange(350), 40) < np.repeat(counts, 350)) * 1.0,
        }
    )
    found = limits(units, "proportion")
    expected = np.linspace(0.01, 8, 800)[:, None]
    share = expected / 350
    is_held = (found["lower"].to_numpy() <= share) & (share <= found["upper"].to_numpy())
    covered = (stats.binom.pmf(counts, 350, share) * is_held).sum(axis=1)
    assert covered.mean() == pytest.approx(0.95, abs=0.005)
    assert covered.min() == pytest.approx(0.84, abs=0.005)
    assert covered[expected[:, 0] > 0.2].min() > 0.89
