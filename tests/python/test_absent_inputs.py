"""Each optional input in turn is absent: the metrics that name it say so, and nothing else changes.

A table is absent when its checked rows are none, which is what var cx_absent_inputs makes of them
(tested by itself below). The rest of the project is the SQL that dbt compiled, run again.
"""

import shutil

import duckdb
import pytest
from dbt_helpers import DATABASE_FILE, Replay, frame

OVERALL = """
    select metric_id, value, status, status_reason
    from metric_estimates
    where period = 'all' and slice_dimension = 'overall'
    order by metric_id
"""
OPTIONAL = [
    "interaction_identifiers",
    "handoffs",
    "intent_predictions",
    "suggestions",
    "surveys",
    "downstream_events",
    "guardrail_events",
    "qa_reviews",
    "agent_segments",
    "agents",
    "agent_hours",
    "identity_links",
    "customer_segments",
    "releases",
    "experiment_assignments",
    "offers",
    "consents",
    "rate_card",
    "intent_catalogue",
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def replay(dbt, demo_database, tmp_path_factory):
    """The compiled project over a copy of the demo company."""
    copy = tmp_path_factory.mktemp("compiled") / DATABASE_FILE
    shutil.copyfile(demo_database, copy)
    return Replay(dbt("compile", "--select", "resource_type:model", database=copy))


@pytest.fixture(scope="module")
def without(replay, tmp_path_factory):
    """Estimates of the demo company without one table, as a frame; each is built once."""
    built = {}

    def build(table):
        if table not in built:
            database = tmp_path_factory.mktemp("absent") / DATABASE_FILE
            built[table] = estimates_without(replay, table, database)
            database.unlink()
        return built[table]

    return build


def estimates_without(replay, table, database):
    """Overall estimates of the metrics, as a frame, once a table has no row."""
    codes = {node.name: node.compiled_code for node in replay.models}
    checked, slices = codes[f"int_{table}_checked"], codes["metric_slices"]
    replay.build(
        database,
        replace={
            checked: f"select * from ({checked}) as rows_of_table where 1 = 0",
            # The first of its parts is the overall slice; the others take their time.
            slices: slices.split("union all")[0],
        },
        only=between(replay.models, f"int_{table}_checked", "metric_estimates"),
    )
    return frame(database, OVERALL).set_index("metric_id")


def between(nodes, first, last):
    """Names of two models and of those that depend on the first and lead to the last."""
    after = {node.unique_id for node in nodes if node.name == first}
    for node in nodes:
        if after & set(node.depends_on.nodes):
            after.add(node.unique_id)
    before = {node.unique_id for node in nodes if node.name == last}
    for node in reversed(nodes):
        if node.unique_id in before:
            before |= set(node.depends_on.nodes)
    return {node.name for node in nodes if node.unique_id in after & before}


def names(inputs, table):
    """Whether a registry entry of inputs names the table or one of its columns."""
    return any(part.split(".")[0] == table for part in (inputs or "").split("|"))


@pytest.fixture(scope="module")
def registry(demo_database):
    rows = frame(
        demo_database, "select metric_id, required_inputs, degraded_without from metric_glossary"
    ).fillna("")
    return rows.set_index("metric_id")


@pytest.fixture(scope="module")
def complete(demo_database):
    return frame(demo_database, OVERALL).set_index("metric_id")


@pytest.mark.parametrize("table", OPTIONAL)
def test_only_the_metrics_that_name_a_table_miss_it(without, registry, complete, table):
    absent = without(table)
    assert list(absent.index) == list(complete.index)
    wrong = {}
    for metric_id, row in absent.iterrows():
        before = complete.loc[metric_id]
        if names(registry.loc[metric_id, "required_inputs"], table):
            is_right = row["status"] == "not_computable" and says(row, table)
        elif names(registry.loc[metric_id, "degraded_without"], table):
            is_right = before["status"] == "not_computable" or (
                row["status"] in ("degraded", "not_computable") and says(row, table)
            )
        else:
            is_right = is_same(row, before)
        if not is_right:
            wrong[metric_id] = (before.to_list(), row.to_list())
    assert not wrong


def says(row, table):
    """Whether the reason is the table or one of its columns."""
    reason = str(row["status_reason"])
    return reason == f"no {table}" or reason.startswith(f"no {table}.")


def is_same(row, before):
    """Whether value, status and reason are what they were."""
    text = ["status", "status_reason"]
    if row[text].fillna("").to_list() != before[text].fillna("").to_list():
        return False
    if row["value"] != row["value"] and before["value"] != before["value"]:
        return True
    return abs(row["value"] - before["value"]) <= 1e-9 * max(1, abs(before["value"]))


def test_the_var_makes_the_checked_rows_none(dbt, demo_database, tmp_path):
    copy = tmp_path / DATABASE_FILE
    shutil.copyfile(demo_database, copy)
    dbt(
        "run",
        "--select",
        "int_offers_checked",
        database=copy,
        vars={"cx_absent_inputs": ["offers"]},
    )
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert connection.execute("select count(*) from int_offers_checked").fetchone() == (0,)
