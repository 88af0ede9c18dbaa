"""Service levels, legacy metrics and effort of the demo company against plain Python and pandas."""

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from dbt_helpers import frame
from macros_harness import column, parses_on_spark, run
from scipy import stats

UTC = ZoneInfo("UTC")


def seed(project_root, name):
    """Rows of a reference seed as dicts of text."""
    with open(project_root / "seeds" / "reference" / f"{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


def local_time(day, text, zone):
    """UTC time (naive) of 'HH:MM' on a local day; 24:00 is the next midnight."""
    hours, minutes = map(int, text.split(":"))
    day += timedelta(days=hours // 24)
    local = datetime(day.year, day.month, day.day, hours % 24, minutes, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def open_spans(project_root):
    """{channel: [(opens, closes)]} of two years, by the standard library's time zones."""
    closed = {(row["holiday_on"], row["calendar"]) for row in seed(project_root, "holidays")}
    spans = {}
    for row in seed(project_root, "service_hours"):
        channel = spans.setdefault(row["channel"], [])
        day = date(2025, 12, 1)
        while day < date(2027, 1, 1):
            works = day.isoweekday() == int(row["weekday"])
            if works and (day.isoformat(), row["holiday_calendar"]) not in closed:
                overnight = row["closes_at"] <= row["opens_at"]
                closing_day = day + timedelta(days=1) if overnight else day
                channel.append(
                    (
                        local_time(day, row["opens_at"], row["time_zone"]),
                        local_time(closing_day, row["closes_at"], row["time_zone"]),
                    )
                )
            day += timedelta(days=1)
    return spans


def business_seconds(spans, start, end):
    """Seconds of start to end that lie in the spans."""
    if spans is None:
        return (end - start).total_seconds()
    shared = ((min(end, closes) - max(start, opens)).total_seconds() for opens, closes in spans)
    return sum(seconds for seconds in shared if seconds > 0)


def test_business_time_is_that_of_the_standard_library(demo_database, open_spans):
    journeys = frame(
        demo_database,
        """select journeys.channel, journeys.started_at, timed.watched_until, timed.business_seconds
        from int_journeys_timed as timed inner join fct_journeys as journeys using (journey_id)""",
    )
    expected = [
        business_seconds(
            open_spans.get(row.channel),
            row.started_at.to_pydatetime(),
            row.watched_until.to_pydatetime(),
        )
        for row in journeys.itertuples()
    ]
    assert np.abs(journeys["business_seconds"] - expected).max() < 1e-6
    crosses_spring = (journeys["started_at"] < "2026-03-29") & (
        journeys["watched_until"] > "2026-03-30"
    )
    assert crosses_spring.sum() > 10


def test_first_contact_resolution_is_what_pandas_counts(demo_database):
    contacts = frame(
        demo_database,
        """select contact_id, customer_id, intent_id, channel, started_at, ended_at
        from fct_contacts where direction = 'inbound'""",
    )
    pairs = contacts.merge(contacts, on=["customer_id", "intent_id"], suffixes=("", "_next"))
    first = (pairs["started_at"] < pairs["started_at_next"]) | (
        (pairs["started_at"] == pairs["started_at_next"])
        & (pairs["contact_id"] < pairs["contact_id_next"])
    )
    within = pairs["started_at_next"] <= pairs["ended_at"] + pd.Timedelta(days=7)
    pairs = pairs[first & within]
    repeated = set(pairs.loc[pairs["channel"] == pairs["channel_next"], "contact_id"])
    repeated_anywhere = set(pairs["contact_id"])
    got = frame(demo_database, "select * from int_contacts_repeated")
    assert set(got.loc[got["is_repeated_in_channel"], "contact_id"]) == repeated
    assert set(got.loc[got["is_repeated_in_any_channel"], "contact_id"]) == repeated_anywhere
    assert len(got) == len(contacts)


def test_effort_is_the_sum_of_its_published_weights(demo_database, project_root):
    journeys = frame(demo_database, "select * from fct_journeys where is_bot_involved")
    contacts = frame(
        demo_database,
        """select contacts.*, interactions.parent_interaction_id from fct_contacts as contacts
        inner join int_interactions_described as interactions using (interaction_id)
        order by journey_id, contact_number""",
    )
    before = contacts.groupby("journey_id")["channel"].shift()
    contacts["switches"] = before.notna() & (contacts["channel"] != before)
    contacts["recontacts"] = (
        (contacts["contact_number"] > 1)
        & (contacts["direction"] == "inbound")
        & contacts["parent_interaction_id"].isna()
        & ~contacts.duplicated(["journey_id", "interaction_id"])
        & (contacts["started_at"] >= contacts.groupby("journey_id")["ended_at"].shift())
    )
    moves = contacts.groupby("journey_id")[["switches", "recontacts"]].sum()
    journeys = journeys.join(moves, on="journey_id")
    medians = journeys[journeys["is_mature"]].groupby("intent_id")["customer_turns"].median()
    median = journeys["intent_id"].map(medians).fillna(0)
    counts = {
        "extra_turns": (journeys["customer_turns"] - median).clip(lower=0),
        "clarifications": journeys["clarification_turns"],
        "repeats": journeys["repeat_turns"],
        "channel_switches": journeys["switches"],
        "reauthentications": journeys["reauthentication_turns"],
        "recontacts": journeys["recontacts"],
    }
    journeys["expected"] = sum(
        float(row["weight"]) * (counts[row["component"]] / float(row["saturates_at"])).clip(upper=1)
        for row in seed(project_root, "effort_weights")
    )
    got = frame(demo_database, "select journey_id, effort_score from int_journeys_effort")
    both = journeys.merge(got, on="journey_id")
    assert len(both) == len(journeys) == len(got)
    assert np.abs(both["effort_score"] - both["expected"]).max() < 1e-9
    assert both["effort_score"].max() > 50


def test_the_lift_interval_is_that_of_the_jackknife(demo_database):
    weeks = frame(
        demo_database,
        "select * from int_agent_weeks_productive where is_mature",
    )

    def log_ratio(rows):
        sums = rows.groupby("is_assisted")[["standardised_resolutions", "paid_hours"]].sum()
        rates = sums["standardised_resolutions"] / sums["paid_hours"]
        return np.log(rates[True] / rates[False])

    agents = weeks["agent_id"].unique()
    left_out = np.array([log_ratio(weeks[weeks["agent_id"] != agent]) for agent in agents])
    count = len(agents)
    error = np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum())
    half = stats.t.ppf(0.975, count - 1) * error
    lift = frame(demo_database, "select * from productivity_lift where scope = 'all'").iloc[0]
    assert lift["lift"] == pytest.approx(np.exp(log_ratio(weeks)) - 1, abs=1e-12)
    # The delta method is the jackknife's first order: they differ by a tenth at most.
    assert np.log1p(lift["upper_95"]) - np.log1p(lift["lift"]) == pytest.approx(half, rel=0.1)
    assert np.log1p(lift["lift"]) - np.log1p(lift["lower_95"]) == pytest.approx(half, rel=0.1)


def correlation(x, y):
    """Of two columns, by the macro; NaN where it is NULL."""
    pairs = pd.DataFrame({"x": x, "y": y})
    found = run("select {{ correlation('x', 'y') }} as r from pairs", pairs=pairs)
    return found["r"].astype(float)[0]


def test_correlation_is_that_of_scipy():
    random = np.random.default_rng(7)
    x = random.normal(size=50)
    y = random.normal(size=50) - x
    assert correlation(x, y) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-11)


@pytest.mark.parametrize("slope", [0.3, -0.3])
def test_a_perfect_correlation_is_one_in_any_order_of_the_rows(slope):
    random = np.random.default_rng(8)
    orders = [random.permutation(7) / 7 for _ in range(100)]
    assert {correlation(x, slope * x + 0.1) for x in orders} == {np.sign(slope)}


def test_a_column_that_does_not_vary_correlates_with_nothing():
    x = np.arange(3.0)
    assert np.isnan(correlation(x, [0.1, 0.1, 0.1]))
    assert np.isnan(correlation([0.3, 0.1 + 0.2, 0.3], x))
    assert np.isnan(correlation(x, [0.0, 0.0, 0.0]))


@pytest.mark.parametrize("size", [4, 10, 200])
def test_correlation_limits_are_those_of_scipy(size):
    random = np.random.default_rng(size)
    x = random.normal(size=size)
    y = 0.6 * x + random.normal(size=size)
    result = stats.pearsonr(x, y)
    limits = result.confidence_interval(0.95)
    given = pd.DataFrame({"r": [result.statistic], "n": [size]})
    assert column("{{ correlation_lower('r', 'n') }}", given)[0] == pytest.approx(limits.low, 1e-9)
    assert column("{{ correlation_upper('r', 'n') }}", given)[0] == pytest.approx(limits.high, 1e-9)


def test_three_pairs_and_a_perfect_correlation_have_no_limits():
    given = pd.DataFrame({"r": [0.5, 1.0, -1.0], "n": [3, 10, 10]})
    assert np.isnan(column("{{ correlation_lower('r', 'n') }}", given)).all()
    assert np.isnan(column("{{ correlation_upper('r', 'n') }}", given)).all()


def test_the_macros_are_understood_by_spark():
    assert parses_on_spark("{{ correlation('x', 'y') }}")
    assert parses_on_spark("{{ correlation_upper('r', 'n') }}")
