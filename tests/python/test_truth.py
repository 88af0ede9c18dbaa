"""Simulated worlds whose truth is known: journeys, outcomes, paths, containment and cost.

The simulator knows who called about what and what came of it without looking at the SQL. Where the
definition determines a figure it has to be met exactly; where the figure is an estimate of what
cannot be seen, its 95 % interval has to cover the truth at the nominal rate.
"""

import sys

import duckdb
import pytest
from dbt_helpers import PROJECT_ROOT, Replay

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World

SEEDS = (7, 11, 23, 42, 101, 2024)
PREFIX = "demo:"


@pytest.fixture(scope="module")
def first_world(dbt, tmp_path_factory):
    """The world that dbt itself builds; the others run the SQL that dbt compiled for it."""
    folder = tmp_path_factory.mktemp("raw_first")
    World(SEEDS[0], 26, 600).write_csv(folder)
    selection = ["+metric_estimates", "+fct_contacts", "+fct_interactions", "+input_reconciliation"]
    run = dbt(
        "build",
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
        "--select",
        *selection,
        vars={"cx_demo_path": str(folder), "cx_python_models": False},
    )
    return folder, Replay(run)


@pytest.fixture(scope="module", params=SEEDS)
def world(request, first_world, tmp_path_factory):
    """Connection to a world's marts with its truth beside them, in tables truth_*."""
    first_folder, replay = first_world
    raw = tmp_path_factory.mktemp("raw")
    simulated = World(request.param, 26, 600)
    simulated.write_csv(raw)
    simulated.write_truth(raw / "truth")
    database = replay.build(
        tmp_path_factory.mktemp("world") / "ai_cx_metrics.duckdb",
        replace={str(first_folder): str(raw)},
    )
    with duckdb.connect(str(database)) as connection:
        for table in ("journeys", "contacts", "interactions", "rows"):
            connection.execute(
                f"create temp table truth_{table} as"
                f" select * from read_csv('{raw}/truth/{table}.csv')"
            )
        connection.execute(
            f"""
            create temp table matched as
            select
                fct.journey_id, fct.contact_id, fct.customer_id,
                truth.journey_id as true_journey_id, truth.customer as true_customer,
                truth.cost_usd as true_cost_usd, fct.total_cost_usd
            from (
                select *, replace(interaction_id, '{PREFIX}', '') as source_id from fct_contacts
            ) as fct
            full join truth_contacts as truth
                on fct.source_id = truth.interaction_id and fct.intent_id = truth.intent_id
            """
        )
        connection.execute(
            """
            create temp table compared as
            select distinct
                fct_journeys.*, truth.outcome as true_outcome, truth.handling_path as true_path,
                truth.evidence_grade as true_grade, truth.is_vendor_contained,
                truth.is_audited_contained, truth.cost_usd as true_cost_usd,
                truth.is_actually_resolved as true_resolved, truth.is_rage_quit as true_rage_quit
            from fct_journeys
            inner join matched on matched.contact_id = fct_journeys.journey_id
            inner join truth_journeys as truth on truth.journey_id = matched.true_journey_id
            """
        )
        yield connection


def one(connection, sql):
    """The single value of a query."""
    return connection.execute(sql).fetchone()[0]


def test_every_true_contact_is_found(world):
    found, true, both = world.execute(
        "select count(journey_id), count(true_journey_id), count(*) from matched"
    ).fetchone()
    assert found == true == both > 1000


def test_journeys_are_the_true_ones(world):
    """Pairwise precision and recall are 1: the partition of the contacts is the same."""
    for of, into in (("journey_id", "true_journey_id"), ("true_journey_id", "journey_id")):
        assert not world.execute(
            f"select {of} from matched group by {of} having count(distinct {into}) > 1"
        ).fetchall()
    assert one(world, "select count(*) from compared") == one(
        world, "select count(*) from truth_journeys"
    )


@pytest.mark.parametrize(
    ("column", "true_column"),
    [
        ("outcome", "true_outcome"),
        ("handling_path", "true_path"),
        ("evidence_grade", "true_grade"),
        ("is_actually_resolved", "true_resolved"),
        ("is_rage_quit", "true_rage_quit"),
    ],
)
def test_each_journey_ends_as_it_truly_did(world, column, true_column):
    wrong = world.execute(
        f"select journey_id, {column}, {true_column} from compared"
        f" where {column} is distinct from {true_column}"
    ).fetchall()
    assert wrong == []


@pytest.mark.parametrize(
    ("metric", "true_column"),
    [
        ("containment_rate", "is_audited_contained"),
        ("containment_rate_vendor", "is_vendor_contained"),
    ],
)
def test_containment_is_the_true_share(world, metric, true_column):
    """The published value against the share counted from the truth alone."""
    published = one(
        world,
        f"select value from metric_estimates where metric_id = '{metric}'"
        " and period = 'all' and slice_dimension = 'overall'",
    )
    true = one(
        world,
        f"select avg(case when {true_column} then 1.0 else 0.0 end) from compared"
        " where true_outcome <> 'open' and is_automatable",
    )
    assert published == pytest.approx(true, abs=1e-12)


def test_costs_are_the_true_ones(world):
    assert one(world, "select max(abs(total_cost_usd - true_cost_usd)) from matched") < 1e-6
    published, n = world.execute(
        "select value, n from metric_estimates where metric_id = 'cost_per_resolved_intent'"
        " and period = 'all' and slice_dimension = 'overall'"
    ).fetchone()
    true, journeys = world.execute(
        """
        select
            sum(true_cost_usd)
            / count_if(true_outcome = 'resolved' and true_grade <> 'silence'),
            count(*)
        from compared
        where true_outcome <> 'open'
        """
    ).fetchone()
    assert published == pytest.approx(true, rel=1e-9)
    assert n == journeys


def test_every_raw_row_is_judged_as_planted(world):
    """The simulator says how many rows of each table are duplicates and malformed."""
    judged = dict(
        world.execute(
            """
            select table_name || '/' || row_status, row_count
            from input_reconciliation
            unpivot (row_count for row_status in (
                accepted_rows as 'accepted',
                duplicate_rows as 'duplicate',
                quarantined_rows as 'quarantined'
            ))
            """
        ).fetchall()
    )
    planted = dict(
        world.execute(
            "select \"table\" || '/' || row_status, sum(raw_rows) from truth_rows group by all"
        ).fetchall()
    )
    assert {k: v for k, v in judged.items() if v} == {k: v for k, v in planted.items() if v}
