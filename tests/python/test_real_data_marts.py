"""Real conversations through every layer: the marts against figures worked out from the files."""

import gzip
import json

import pytest
from dbt_helpers import query
from staging_harness import real_data

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database(built_world):
    return built_world(
        {
            "cx_systems": ["tau2", "tickets"],
            "cx_segment_type": "persona",
            "cx_tau2_path": str(real_data("tau2_bench")),
            "cx_tickets_path": str(real_data("volvo_bpi2013/incidents.csv.gz")),
        }
    )


def tool_calls(simulation):
    return [
        call["name"]
        for message in simulation["messages"]
        for call in message.get("tool_calls") or []
    ]


@pytest.fixture(scope="module")
def conversations():
    """One dict per conversation in which a customer said something, read without the project."""
    found = []
    for path in sorted(real_data("tau2_bench").glob("*.json.gz")):
        with gzip.open(path) as file:
            run = json.load(file)
        tasks = {task["id"]: task for task in run["tasks"]}
        costs = [s["agent_cost"] for s in run["simulations"]]
        for simulation in run["simulations"]:
            if not any(message["role"] == "user" for message in simulation["messages"]):
                continue
            actions = tasks[simulation["task_id"]]["evaluation_criteria"]["actions"] or []
            by_choice = simulation["termination_reason"] in ("user_stop", "agent_stop")
            transferred = "transfer_to_human_agents" in tool_calls(simulation)
            needs_human = any(a["name"] == "transfer_to_human_agents" for a in actions)
            passed = simulation["reward_info"]["reward"] == 1
            found.append(
                {
                    "domain": run["info"]["environment_info"]["domain_name"],
                    "model": run["info"]["agent_info"]["llm"],
                    "eligible": not needs_human,
                    "transferred": transferred,
                    "forced": not by_choice,
                    "passed": passed,
                    # A transfer that the task wants is right, but it resolves nothing.
                    "resolved": passed and not (needs_human and transferred),
                    "cost": simulation["agent_cost"] if sum(costs) > 0 else None,
                }
            )
    return found


def groups(conversations):
    """{(domain, model): its conversations}."""
    found = {}
    for one in conversations:
        found.setdefault((one["domain"], one["model"]), []).append(one)
    return found


def shares(database, metric):
    """{(domain, model): (value, units)} of a metric's rows."""
    rows = query(
        database,
        f"""
        select
            intents.intent_family as domain,
            metric.release_id as model,
            sum(metric.weight * metric.numerator)
            / nullif(sum(metric.weight * metric.denominator), 0) as value,
            sum(metric.weight) as units
        from metric_{metric} as metric
        inner join dim_intents as intents on metric.intent_id = intents.intent_id
        where metric.is_mature and intents.intent_family <> 'ticket'
        group by all
        """,
    )
    return {(r["domain"], r["model"]): (r["value"], r["units"]) for r in rows}


def test_published_figures_of_claude_sonnet_on_airline(database):
    passed, conversations, cost = query(
        database,
        """
        select
            sum(case when base.is_passed then 1 else 0 end) as passed,
            count(*) as conversations,
            sum(interactions.total_cost_usd) as cost
        from fct_interactions as interactions
        inner join base_tau2__conversations as base
            on interactions.interaction_id = 'tau2:' || base.interaction_id
        where base.agent_model = 'claude-sonnet-4-5' and base.domain = 'airline'
        """,
    )[0].values()
    assert conversations == 50
    assert int(passed) / conversations == pytest.approx(0.72)
    assert cost / conversations == pytest.approx(0.28886, abs=5e-6)


def test_containment_the_vendors_way(database, conversations):
    expected = {}
    for key, members in groups(conversations).items():
        eligible = [c for c in members if c["eligible"]]
        expected[key] = (
            pytest.approx(sum(not c["transferred"] for c in eligible) / len(eligible)),
            len(eligible),
        )
    assert shares(database, "containment_rate_vendor") == expected


def test_audited_containment(database, conversations):
    expected = {}
    for key, members in groups(conversations).items():
        eligible = [c for c in members if c["eligible"]]
        contained = [
            c for c in eligible if c["passed"] and not c["transferred"] and not c["forced"]
        ]
        expected[key] = (pytest.approx(len(contained) / len(eligible)), len(eligible))
    assert shares(database, "containment_rate") == expected


def test_resolution_accuracy(database, conversations):
    expected = {}
    for key, members in groups(conversations).items():
        declared = [c for c in members if not c["forced"]]
        right = [c for c in declared if (not c["transferred"]) == c["resolved"]]
        expected[key] = (pytest.approx(len(right) / len(declared)), len(declared))
    assert shares(database, "resolution_accuracy") == expected


def test_cost_of_runs_that_recorded_none_is_not_computable(database):
    values = shares(database, "cost_per_resolved_intent")
    unknown = {key for key in values if key[1].startswith("ft:")}
    assert unknown
    assert all(values[key] == (None, 0) for key in unknown)
    assert values["airline", "claude-sonnet-4-5"][0] == pytest.approx(14.443248 / 35)


def test_nobody_spoke_in_the_runs_without_a_user(database):
    rows = query(
        database,
        "select count(*) as n from fct_interactions"
        " where source_system = 'tau2' and not is_engaged",
    )
    assert rows == [{"n": 80}]


def test_nothing_of_the_files_is_lost(database):
    rows = query(
        database,
        "select source_system, count(*) as n from fct_interactions group by all order by 1",
    )
    assert rows == [
        {"source_system": "tau2", "n": 400},
        {"source_system": "tickets", "n": 7554 + 580},
    ]
    assert query(database, "select count(*) as n from quarantined_rows") == [{"n": 0}]


def test_a_reopened_ticket_is_in_the_journey_that_it_reopens(database):
    """Within the window the reopening joins its case's journey, later it begins another one."""
    rows = query(
        database,
        """
        select count(*) as journeys, sum(contacts) as contacts, count(distinct customer_id) as cases
        from fct_journeys
        where source_system = 'tickets'
        """,
    )
    assert rows[0]["contacts"] == 7554 + 580
    assert rows[0]["cases"] == 7554
    assert 7554 <= rows[0]["journeys"] < 7554 + 580


def test_a_run_without_any_time_builds_and_makes_up_no_duration(built_world, tmp_path):
    task = {"id": "1", "evaluation_criteria": {"actions": [{"name": "cancel_order"}]}}
    messages = [{"role": role, "content": "text"} for role in ("assistant", "user", "assistant")]
    run = {
        "info": {
            "agent_info": {"llm": "model-a"},
            "environment_info": {"domain_name": "retail"},
        },
        "tasks": [task],
        "simulations": [
            {
                "task_id": "1",
                "trial": trial,
                "termination_reason": "user_stop",
                "reward_info": {"reward": 1.0},
                "messages": messages,
            }
            for trial in range(3)
        ],
    }
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    database = built_world({"cx_systems": ["tau2"], "cx_tau2_path": str(tmp_path)})
    assert query(database, "select distinct outcome, handling_path from fct_journeys") == [
        {"outcome": "resolved", "handling_path": "automation"}
    ]
    timed = query(
        database,
        """
        select metric_id, status
        from metric_estimates
        where
            period = 'all'
            and slice_dimension = 'overall'
            and status <> 'not_computable'
            and metric_id in (
                'bot_sla_adherence', 'average_handle_time', 'self_service_completion_time',
                'time_to_resolution', 'cost_per_resolved_intent'
            )
        """,
    )
    assert timed == []
