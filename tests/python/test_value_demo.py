"""The demo's value models: Shapley by its definition, and savings that sum exactly."""

from itertools import combinations
from math import factorial

import pytest


def shapley(value_of_journey, actors):
    """Shapley values of the game in which a coalition earns the journeys that need nobody else."""

    def worth(coalition):
        return sum(value for team, value in value_of_journey if team <= coalition)

    n = len(actors)
    shares = {}
    for actor in actors:
        others = [other for other in actors if other != actor]
        shares[actor] = sum(
            factorial(size)
            * factorial(n - size - 1)
            / factorial(n)
            * (worth(frozenset(team) | {actor}) - worth(frozenset(team)))
            for size in range(n)
            for team in combinations(others, size)
        )
    return shares


def test_equal_split_over_distinct_actors_is_the_shapley_value(demo_frame):
    rows = demo_frame(
        "select journey_id, actor, journey_value_usd, shapley_usd from journey_attribution"
    )
    teams = rows.groupby("journey_id").agg(
        team=("actor", frozenset), value=("journey_value_usd", "max")
    )
    games = teams.groupby("team")["value"].sum()
    wanted = shapley(list(games.items()), sorted(rows["actor"].unique()))
    got = rows.groupby("actor")["shapley_usd"].sum()
    for actor, share in wanted.items():
        assert got[actor] == pytest.approx(share, rel=1e-9, abs=1e-9)


def test_journey_values_are_resolutions_and_sales(demo_frame):
    """All that is attributed is the value of confirmed resolutions and of sales with a contact."""
    attributed = demo_frame("select sum(linear_usd) as usd from journey_attribution")["usd"][0]
    parts = demo_frame(
        """
        select
            (select sum(value_usd) from fct_journeys where is_confirmed_resolution)
            + (select sum(net_usd) from int_revenue_attributed where journey_id is not null) as usd
        """
    )["usd"][0]
    assert attributed == pytest.approx(parts, rel=1e-12)


def test_savings_are_what_the_baseline_would_have_cost(demo_frame):
    months = demo_frame(
        """
        select month_starts_on, sum(mix_saving_usd) + sum(within_saving_usd) as saved
        from mix_shift_savings group by all
        """
    ).set_index("month_starts_on")["saved"]
    costs = demo_frame(
        """
        select cast(date_trunc('month', journey_started_on) as date) as month_starts_on,
            count(*) as journeys, sum(total_cost_usd) as usd
        from fct_journeys where is_mature group by all order by 1
        """
    ).set_index("month_starts_on")
    unit_cost = costs["usd"] / costs["journeys"]
    for month, saved in months.items():
        wanted = costs["journeys"][month] * (unit_cost.iloc[0] - unit_cost[month])
        assert saved == pytest.approx(wanted, rel=1e-9, abs=1e-6)


def test_every_sale_belongs_to_one_contact_at_most(demo_frame):
    row = demo_frame(
        """
        select count(*) as sales, count(distinct downstream_event_id) as distinct_sales,
            sum(gross_usd) as usd,
            (select sum(amount_usd) from int_downstream_events_accepted
                where event_type in ('purchase', 'plan_changed')) as wanted
        from int_revenue_attributed
        """
    ).iloc[0]
    assert row["sales"] == row["distinct_sales"] and row["sales"] > 0
    assert row["usd"] == pytest.approx(row["wanted"])


def test_the_planted_silent_failures_are_found(demo_frame):
    """The demo company's bot says that refunds are on their way, and they are not."""
    watch = demo_frame("select * from silent_failure_watch").set_index("intent_id")
    assert watch.loc["refund_status", "signal"] == "flag"
    assert watch["watch_rank"].idxmin() == "refund_status"
    assert set(watch.index[watch["signal"] == "flag"]) == {"refund_status"}
    base = demo_frame(
        "select * from silent_failure_base_rate where cause = 'any' and intent_family = 'billing'"
    ).iloc[0]
    assert base["failure_rate_lower"] > 2 * base["base_rate"]
