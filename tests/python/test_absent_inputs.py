"""Each optional input in turn is absent: the metrics that need it say so, and nothing else changes.

Which metrics need it is written down here, from their definitions, and not taken from the registry,
which is what the project takes its statuses from. A table is absent when its checked rows are none,
which is what var cx_absent_inputs makes of them (tested by itself below). The rest of the project
is the SQL that dbt compiled, run again.
"""

import csv
import shutil

import duckdb
import numpy as np
import pytest
from dbt_helpers import DATABASE_FILE, Replay, frame
from new_system import canonical_tables

OVERALL = """
    select metric_id, value, status, status_reason
    from metric_estimates
    where period = 'all' and slice_dimension = 'overall'
    order by metric_id
"""
SUMS = """
    select metric_id, sum(eligible_n) as eligible, sum(evidenced_n) as evidenced, sum(n) as n,
        sum(w) as w, sum(num) as num, sum(den) as den, sum(num2) as num2, sum(den2) as den2
    from metric_daily where is_mature group by metric_id order by metric_id
"""

# What metrics are made of, by their definitions.
CONTAINMENT = {
    "containment_rate",
    "containment_rate_vendor",
    "containment_inflation",
    "containment_rate_silence_as_success",
}
ACCURACY = {"resolution_accuracy", "resolution_precision", "resolution_recall"}
SAFETY = {"safe_automation_rate", "safe_automation_rate_hard_violations"}
VIOLATIONS = {"violation_rate", "near_miss_rate", "violation_rate_severity_1"}
QUEUE_MIX = {f"queue_mix_{path}_share" for path in ("automated", "assisted", "human_only")}
DURATIONS = {"time_to_resolution", "time_to_resolution_p90", "time_to_resolution_business"}
SILENT = {
    f"silent_failure_{cause}"
    for cause in ("rate", "recontact", "complaint", "reversal", "dispute", "closure_or_churn")
}
HANDOFFS = {
    "handoff_quality",
    "handoff_connected",
    "handoff_context_passed",
    "handoff_intent_kept",
    "handoff_no_repeat",
    "handoff_no_second_transfer",
    "handoff_wait_within_target",
    "human_requested_not_given",
}
RECOGNITION = {"intent_recognition_accuracy", "intent_no_match_rate", "intent_switch_rate"}
# Resolutions on evidence better than silence.
CONFIRMED = (
    {
        "cost_per_resolved_intent",
        "revenue_per_resolved_intent",
        "deflection_to_value",
        "self_service_completion_time",
        "guidance_outcome_lift",
        "agent_productivity_lift",
    }
    | (CONTAINMENT - {"containment_rate_vendor"})
    | SAFETY
)
# No human took part: agents' segments and handoffs show humans whom turns do not.
AUTOMATED = CONTAINMENT | SAFETY | {"self_service_completion_time"}
# Not resolved while a human still owns it.
ESCALATING = DURATIONS | (CONFIRMED - {"deflection_to_value", "agent_productivity_lift"})
# A contact that a handoff began is no return of the customer.
RETURNS = {"silent_failure_rate", "silent_failure_recontact"}
# A journey is a customer's: who the customer is decides where it ends, or what followed.
JOURNEYS = (
    CONTAINMENT
    | CONFIRMED
    | ACCURACY
    | QUEUE_MIX
    | DURATIONS
    | {
        "effort_score",
        "human_requested_not_given",
        "revenue_per_interaction",
        "conversational_csat",
    }
)
# {table: (metrics that have no value without it, metrics that have one worth less)}
EXPECTED = {
    "interaction_identifiers": (SILENT, JOURNEYS | {"first_contact_resolution"}),
    "identity_links": (set(), JOURNEYS | SILENT | {"first_contact_resolution"}),
    "intent_catalogue": (
        CONTAINMENT,
        (JOURNEYS - CONTAINMENT) | SILENT | {"offer_conversion"},
    ),
    "handoffs": (
        HANDOFFS | {"queue_mix_assisted_share"},
        {"queue_mix_automated_share", "queue_mix_human_only_share", "empathy_alignment"}
        | {"conversational_csat"}
        | VIOLATIONS
        | AUTOMATED
        | ESCALATING
        | RETURNS,
    ),
    "suggestions": (
        {"guidance_acceptance", "guidance_outcome_lift", "queue_mix_assisted_share"},
        {"queue_mix_human_only_share", "empathy_alignment", "conversational_csat"} | VIOLATIONS,
    ),
    "intent_predictions": (RECOGNITION, set()),
    "surveys": (
        {"survey_csat", "survey_response_rate", "conversational_csat"},
        CONFIRMED | ACCURACY | DURATIONS,
    ),
    "downstream_events": (
        ACCURACY
        | {"cost_per_resolved_intent", "revenue_per_interaction", "revenue_per_resolved_intent"}
        | (SILENT - {"silent_failure_rate", "silent_failure_recontact"}),
        (CONFIRMED - {"cost_per_resolved_intent", "revenue_per_resolved_intent"})
        | DURATIONS
        | {"silent_failure_rate", "conversational_csat"},
    ),
    "qa_reviews": (
        SAFETY | VIOLATIONS,
        (CONFIRMED - SAFETY) | ACCURACY | DURATIONS | {"empathy_alignment"},
    ),
    "guardrail_events": (
        {"near_miss_rate", "violation_rate_severity_1"},
        SAFETY | {"violation_rate"},
    ),
    "agent_segments": (
        {"agent_sla_adherence", "average_handle_time", "agent_productivity_lift"},
        QUEUE_MIX
        | AUTOMATED
        | {"cost_per_resolved_intent", "conversational_csat", "human_requested_not_given"},
    ),
    "agents": ({"agent_productivity_lift"}, set()),
    "agent_hours": ({"agent_productivity_lift"}, set()),
    "offers": ({"offer_conversion", "deflection_to_value"}, set()),
    "rate_card": (set(), {"cost_per_resolved_intent"}),
    # These only cut the metrics: segments, releases, arms; or concern no metric at all.
    "customer_segments": (set(), set()),
    "releases": (set(), set()),
    "experiment_assignments": (set(), set()),
    "consents": (set(), set()),
}
OPTIONAL = list(EXPECTED)


def test_the_registry_names_the_inputs_that_the_definitions_need(project_root):
    with (project_root / "seeds/reference/metric_registry.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {name for name in canonical_tables() if name not in ("interactions", "turns")} == set(
        OPTIONAL
    )
    for table, (required, helpful) in EXPECTED.items():
        named = {row["metric_id"] for row in rows if names(row["required_inputs"], table)}
        assert named == required, table
        named = {row["metric_id"] for row in rows if names(row["degraded_without"], table)}
        assert named - required == helpful, table


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
    return results(database)


def results(database):
    """Estimates and sums of the metrics, as a frame."""
    estimates = frame(database, OVERALL).set_index("metric_id")
    return estimates.join(frame(database, SUMS).set_index("metric_id"))


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
def complete(demo_database):
    return results(demo_database)


@pytest.mark.slow
@pytest.mark.parametrize("table", OPTIONAL)
def test_only_the_metrics_that_need_a_table_miss_it(without, complete, table):
    absent = without(table)
    assert list(absent.index) == list(complete.index)
    required, helpful = EXPECTED[table]
    wrong = {}
    for metric_id, row in absent.iterrows():
        before = complete.loc[metric_id]
        if metric_id in required:
            is_right = row["status"] == "not_computable" and says(row, table)
        elif metric_id in helpful:
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
    """Whether value, status, reason and every sum are what they were."""
    text = ["status", "status_reason"]
    if row[text].fillna("").to_list() != before[text].fillna("").to_list():
        return False
    numbers = [name for name in row.index if name not in text]
    now, then = row[numbers].astype(float), before[numbers].astype(float)
    return np.allclose(now, then, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.slow
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
