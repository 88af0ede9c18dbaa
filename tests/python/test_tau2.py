"""System tau2: the figures that were published or can be counted in the files, and files of any
shape that the format allows."""

import gzip
import json
import uuid
from pathlib import Path

import duckdb
import pytest
from staging_harness import Staging, real_data, rows

SONNET = "claude-sonnet-4-5_airline_default_gpt4.1_1trials.json.gz"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tau2")
    placeholder = folder / "placeholder.json"
    placeholder.write_text("{}", encoding="utf-8")
    return Staging(folder, "tau2", "cx_tau2_path", placeholder)


@pytest.fixture(scope="module")
def documents() -> dict[str, dict]:
    folder = real_data("tau2_bench")
    found = {}
    for path in sorted(folder.glob("*.json.gz")):
        with gzip.open(path) as file:
            found[path.name] = json.load(file)
    return found


@pytest.fixture(scope="module")
def staged(documents, stage):
    return stage(real_data("tau2_bench") / "*.json.gz")


def simulations(documents):
    """(run document, task, simulation) of every conversation, read without the project."""
    for document in documents.values():
        tasks = {task["id"]: task for task in document["tasks"]}
        for simulation in document["simulations"]:
            yield document, tasks[simulation["task_id"]], simulation


def is_transferred(simulation) -> bool:
    return any(
        call["name"] == "transfer_to_human_agents"
        for message in simulation["messages"]
        for call in message.get("tool_calls") or []
    )


def expects_transfer(task) -> bool:
    actions = task["evaluation_criteria"]["actions"] or []
    return any(action["name"] == "transfer_to_human_agents" for action in actions)


def test_published_figures_of_claude_sonnet_on_airline(documents, staged):
    ids = [s["id"] for s in documents[SONNET]["simulations"]]
    cost, passed, conversations = staged.execute(
        """
        select
            (select sum(cost_usd) from stg_tau2__turns where interaction_id in (select unnest($1))),
            (
                select count(*) from stg_tau2__downstream_events
                where event_type = 'task_confirmed' and id_value in (select unnest($1))
            ),
            (
                select count(*) from stg_tau2__interactions
                where interaction_id in (select unnest($1))
            )
        """,
        [ids],
    ).fetchone()
    assert conversations == 50
    assert passed / conversations == pytest.approx(0.72)
    assert cost / conversations == pytest.approx(0.28886, abs=5e-6)


def test_every_conversation_and_message_arrives_once(documents, staged):
    conversations = list(simulations(documents))
    messages = sum(len(s["messages"]) for _, _, s in conversations)
    assert rows(
        staged, "select count(*), count(distinct source_event_id) from stg_tau2__interactions"
    ) == [(len(conversations), len(conversations))]
    assert rows(
        staged, "select count(*), count(distinct source_event_id) from stg_tau2__turns"
    ) == [(messages, messages)]


def test_conversations_per_domain_and_model(documents, staged):
    expected = {}
    for document, _, _ in simulations(documents):
        info = document["info"]
        key = (info["environment_info"]["domain_name"], info["agent_info"]["llm"])
        expected[key] = expected.get(key, 0) + 1
    found = rows(
        staged,
        """
        select catalogue.intent_family, conversations.agent_model, count(*)
        from base_tau2__conversations as conversations
        inner join stg_tau2__intent_catalogue as catalogue
            on conversations.intent_id = catalogue.intent_id
        group by all
        """,
    )
    assert {(domain, model): n for domain, model, n in found} == expected
    assert sum(expected.values()) == 400


def test_endings_and_declared_outcomes(documents, staged):
    expected = {}
    for _, _, simulation in simulations(documents):
        reason = simulation["termination_reason"]
        if reason in ("user_stop", "agent_stop"):
            transferred = is_transferred(simulation)
            left = "completed" if reason == "user_stop" else "bot_ended"
            end = "transferred" if transferred else left
            declared = "escalated" if transferred else "resolved"
        else:
            end = {"max_steps": "max_turns"}.get(reason, "error")
            declared = None
        expected[end, declared] = expected.get((end, declared), 0) + 1
    found = rows(
        staged,
        "select end_reason, declared_outcome, count(*) from stg_tau2__interactions group by all",
    )
    assert {(end, declared): n for end, declared, n in found} == expected
    assert expected["max_turns", None] == 5
    assert expected["error", None] == 1


def test_transfers_are_handoffs(documents, staged):
    calls = sum(
        call["name"] == "transfer_to_human_agents"
        for _, _, simulation in simulations(documents)
        for message in simulation["messages"]
        for call in message.get("tool_calls") or []
    )
    assert rows(staged, "select count(*) from stg_tau2__handoffs") == [(calls,)]


def test_eligibility_comes_from_the_evaluation_criteria(documents, staged):
    expected = {s["id"]: not expects_transfer(task) for _, task, s in simulations(documents)}
    found = rows(
        staged,
        """
        select conversations.interaction_id, catalogue.is_automatable
        from base_tau2__conversations as conversations
        inner join stg_tau2__intent_catalogue as catalogue
            on conversations.intent_id = catalogue.intent_id
        """,
    )
    assert dict(found) == expected


def test_airline_tasks_without_a_write_action_are_information_only(documents, staged):
    writes = {
        "book_reservation",
        "cancel_reservation",
        "send_certificate",
        "update_reservation_baggages",
        "update_reservation_flights",
        "update_reservation_passengers",
    }
    expected = {
        s["id"]
        for document, task, s in simulations(documents)
        if document["info"]["environment_info"]["domain_name"] == "airline"
        and not expects_transfer(task)
        and not writes & {a["name"] for a in task["evaluation_criteria"]["actions"] or []}
    }
    found = rows(
        staged,
        "select interaction_id from base_tau2__conversations"
        " where intent_id = 'airline.information_only'",
    )
    assert {row[0] for row in found} == expected
    assert expected


def test_personas_of_telecom(documents, staged):
    expected = {"Easy": 0, "Hard": 0, "None": 0}
    for document, task, _ in simulations(documents):
        if document["info"]["environment_info"]["domain_name"] == "telecom":
            expected[task["id"].split("[PERSONA:")[1].rstrip("]")] += 1
    found = rows(staged, "select segment, count(*) from stg_tau2__customer_segments group by all")
    assert dict(found) == expected


def test_cost_of_a_run_without_costs_is_missing_not_free(documents, staged):
    found = rows(
        staged,
        "select release_id, sum(cost_usd), count(input_tokens) from stg_tau2__turns"
        " where release_id like 'ft:%' group by all",
    )
    assert len(found) == 1
    assert found[0][1] is None
    assert found[0][2] > 0


def test_agent_costs_add_up_to_the_files(documents, staged):
    expected = sum(simulation["agent_cost"] for _, _, simulation in simulations(documents))
    found = rows(staged, "select sum(cost_usd) from stg_tau2__turns")[0][0]
    assert found == pytest.approx(expected)


# --- files of any shape ---------------------------------------------------------------------------


def message(role, content="text", **fields):
    return {"role": role, "content": content, **fields}


def transfer(**fields):
    call = {"id": "call_1", "name": "transfer_to_human_agents", "arguments": {"summary": "why"}}
    return message("assistant", None, tool_calls=[call], **fields)


def simulation(**fields):
    return {
        "id": str(uuid.uuid4()),
        "task_id": "1",
        "start_time": "2025-01-01T10:00:00",
        "end_time": "2025-01-01T10:05:00",
        "termination_reason": "user_stop",
        "reward_info": {"reward": 1.0},
        "messages": [message("assistant"), message("user"), message("assistant")],
        **fields,
    }


def run(*conversations, actions=(), **fields):
    return {
        "timestamp": "2025-01-01T09:59:00",
        "info": {
            "agent_info": {"llm": "model-a", "implementation": "llm_agent"},
            "environment_info": {"domain_name": "retail"},
        },
        "tasks": [{"id": "1", "evaluation_criteria": {"actions": [{"name": a} for a in actions]}}],
        "simulations": list(conversations),
        **fields,
    }


@pytest.fixture
def folder(tmp_path: Path, stage):
    def write(**documents):
        for name, document in documents.items():
            path = tmp_path / f"{name}.json"
            path.write_text(json.dumps(document), encoding="utf-8")
        return stage(f"{tmp_path}/*.json")

    return write


def interaction(staged, columns):
    return rows(staged, f"select {columns} from stg_tau2__interactions")


def test_a_file_with_nothing_known_builds(folder):
    staged = folder(empty={}, bare={"simulations": [{}]})
    assert interaction(staged, "end_reason, declared_outcome, ended_at") == [(None, None, None)]
    assert rows(staged, "select intent_id, is_automatable from stg_tau2__intent_catalogue") == [
        ("unknown.unclassified.unrated", False)
    ]


def test_unknown_fields_and_other_shapes_do_not_matter(folder):
    odd = simulation(messages=None, reward_info=None, ticks=[1, 2], review={"errors": []})
    staged = folder(run=run(odd, surprise={"a": [1]}, tasks={"not": "a list"}))
    assert rows(staged, "select count(*) from stg_tau2__turns") == [(0,)]
    assert interaction(staged, "declared_outcome") == [("resolved",)]


def test_several_runs_may_share_a_file(tmp_path, stage):
    runs = [run(simulation(id="1"), seed=seed) for seed in (1, 2)]
    (tmp_path / "runs.jsonl").write_text("\n".join(json.dumps(one) for one in runs))
    staged = stage(f"{tmp_path}/*.json*")
    assert rows(
        staged,
        "select count(*), count(distinct interaction_id) from stg_tau2__interactions",
    ) == [(2, 2)]


def test_many_threads_read_many_files_in_little_memory(folder):
    staged = folder(**{f"run_{number}": run(simulation()) for number in range(16)})
    staged.execute("set threads = 16; set memory_limit = '3GB'")
    assert rows(staged, "select count(*) from base_tau2__runs") == [(16,)]


def test_a_file_of_more_than_the_largest_size_is_refused_with_its_name(folder):
    with pytest.raises(duckdb.InvalidInputException, match=r"run_0\.json"):
        folder(run_0=run(padding="x" * 64 * 2**20))


def test_not_a_number_is_no_number(folder):
    nan = float("nan")
    conversation = simulation(
        agent_cost=nan,
        reward_info={"reward": nan},
        messages=[message("assistant", cost=nan), message("user")],
    )
    staged = folder(run=run(conversation))
    assert rows(staged, "select cost_usd, cast_errors from stg_tau2__turns") == [(None, None)] * 2
    assert rows(staged, "select is_rated from base_tau2__conversations") == [(False,)]


def test_messages_without_timestamps_keep_their_order_and_have_no_latency(folder):
    staged = folder(run=run(simulation()))
    assert rows(
        staged, "select turn_number, actor_type, latency_ms from stg_tau2__turns order by 1"
    ) == [(0, "bot", None), (1, "customer", None), (2, "bot", None)]


def test_no_time_anywhere_makes_up_no_duration(folder):
    untimed = simulation(start_time=None, end_time=None)
    staged = folder(run=run(untimed, timestamp=None))
    assert interaction(staged, "ended_at, started_at = timestamp '2000-01-01', cast_errors") == [
        (None, True, None)
    ]


def test_a_time_that_cannot_be_read_is_reported_not_replaced(folder):
    staged = folder(run=run(simulation(start_time="yesterday")))
    assert interaction(staged, "cast_errors") == [("start_time=yesterday",)]


@pytest.mark.parametrize(
    "written", ["2025-01-01T10:00:00Z", "2025-01-01T12:00:00+02:00", "1735725600", "1735725600000"]
)
def test_times_may_carry_an_offset_or_count_from_1970(folder, written):
    staged = folder(run=run(simulation(start_time=written)))
    assert interaction(staged, "started_at = timestamp '2025-01-01 10:00:00'") == [(True,)]


def test_latency_is_the_wait_of_the_customer(folder):
    messages = [
        message("assistant", timestamp="2025-01-01T10:00:00"),
        message("user", timestamp="2025-01-01T10:00:10"),
        message(
            "assistant", None, timestamp="2025-01-01T10:00:12", tool_calls=[{"name": "get_order"}]
        ),
        message("tool", timestamp="2025-01-01T10:00:13"),
        message("assistant", timestamp="2025-01-01T10:00:15.5"),
        message("assistant", timestamp="2025-01-01T10:00:30"),
    ]
    staged = folder(run=run(simulation(messages=messages)))
    assert rows(
        staged, "select turn_number, latency_ms from stg_tau2__turns where latency_ms is not null"
    ) == [(4, 5500.0)]


def test_the_same_file_twice_has_the_same_events(folder):
    document = run(simulation(), simulation(id="7", trial=0), simulation(id="7", trial=1))
    staged = folder(one=document, copy=document)
    assert rows(
        staged,
        "select count(*), count(distinct source_event_id), count(distinct interaction_id)"
        " from stg_tau2__interactions",
    ) == [(6, 3, 3)]


def test_short_ids_of_different_files_are_different_conversations(folder):
    staged = folder(one=run(simulation(id="1")), two=run(simulation(id="1"), seed=2))
    assert rows(staged, "select count(distinct interaction_id) from stg_tau2__interactions") == [
        (2,)
    ]


def test_trials_of_a_task_are_different_customers(folder):
    staged = folder(run=run(simulation(trial=0), simulation(trial=1)))
    assert rows(
        staged, "select count(distinct id_value) from stg_tau2__interaction_identifiers"
    ) == [(2,)]


@pytest.mark.parametrize(
    ("reason", "end_reason", "declared"),
    [
        ("user_stop", "completed", "resolved"),
        ("agent_stop", "bot_ended", "resolved"),
        ("max_steps", "max_turns", None),
        ("timeout", "timeout", None),
        ("too_many_errors", "error", None),
        ("agent_error", "error", None),
        ("never heard of", "error", None),
        (None, None, None),
    ],
)
def test_termination_reasons(folder, reason, end_reason, declared):
    staged = folder(run=run(simulation(termination_reason=reason)))
    assert interaction(staged, "end_reason, declared_outcome") == [(end_reason, declared)]


def test_an_infrastructure_error_is_no_contact(folder):
    staged = folder(run=run(simulation(termination_reason="infrastructure_error")))
    assert interaction(staged, "is_test") == [(True,)]


def test_a_transfer_is_an_escalation_unless_the_tool_fails(folder):
    failed = message("tool", "no", id="call_1", error=True)
    done = message("tool", "done", id="call_1", error=False)
    staged = folder(
        run=run(
            simulation(id="fails", messages=[transfer(), failed]),
            simulation(id="works", messages=[transfer(), done]),
        )
    )
    assert rows(
        staged,
        "select split_part(interaction_id, '/', 2), status, requested_by from stg_tau2__handoffs"
        " order by 1",
    ) == [("fails", "failed", "bot"), ("works", "connected", "bot")]
    assert sorted(interaction(staged, "declared_outcome")) == [("escalated",), ("resolved",)]


def test_a_user_cannot_transfer(folder):
    call = {"name": "transfer_to_human_agents", "requestor": "user"}
    staged = folder(run=run(simulation(messages=[message("user", tool_calls=[call])])))
    assert rows(staged, "select count(*) from stg_tau2__handoffs") == [(0,)]


@pytest.mark.parametrize(
    ("actions", "intent", "is_automatable"),
    [
        ([], "retail.information_only", True),
        (["get_order", "calculate"], "retail.information_only", True),
        (["get_order", "cancel_order", "return_items"], "retail.cancel_order", True),
        (["return_items", "transfer_to_human_agents"], "retail.transfer_to_human", False),
    ],
)
def test_intents_come_from_the_expected_actions(folder, actions, intent, is_automatable):
    staged = folder(run=run(simulation(), actions=actions))
    assert rows(staged, "select intent_id, is_automatable from stg_tau2__intent_catalogue") == [
        (intent, is_automatable)
    ]


def test_expected_actions_may_come_with_the_verdict(folder):
    checks = [{"action": {"name": "cancel_order"}, "action_match": True}]
    verdict = {"reward": 1.0, "action_checks": checks}
    staged = folder(run=run(simulation(reward_info=verdict), tasks=[]))
    assert rows(staged, "select intent_id, is_automatable from stg_tau2__intent_catalogue") == [
        ("retail.cancel_order", True)
    ]


@pytest.mark.parametrize(
    ("task_id", "intent", "persona"),
    [
        ("[mms_issue]a|b[PERSONA:Hard]", "mms_issue", [("Hard",)]),
        ("[mms_issue]a", "mms_issue", []),
        ("[PERSONA:Easy]", "information_only", [("Easy",)]),
    ],
)
def test_intent_and_persona_in_the_task_id(folder, task_id, intent, persona):
    info = {"environment_info": {"domain_name": "telecom-workflow"}}
    tasks = [{"id": task_id, "evaluation_criteria": {}}]
    staged = folder(run=run(simulation(task_id=task_id), info=info, tasks=tasks))
    assert rows(staged, "select intent_id from stg_tau2__intent_catalogue") == [
        (f"telecom-workflow.{intent}",)
    ]
    assert rows(staged, "select segment from stg_tau2__customer_segments") == persona


@pytest.mark.parametrize(
    ("reward", "is_transferred", "expects", "events"),
    [
        (1.0, False, False, ["task_confirmed"]),
        (0.9999999, False, False, ["task_confirmed"]),
        (0.5, False, False, []),
        (0.0, False, False, []),
        (1.0, True, True, ["task_confirmed"]),
        (1.0, False, True, ["resolution_confirmed", "task_confirmed"]),
    ],
)
def test_truth_from_the_reward(folder, reward, is_transferred, expects, events):
    messages = [message("user"), transfer()] if is_transferred else [message("user")]
    actions = ["transfer_to_human_agents"] if expects else []
    staged = folder(
        run=run(simulation(reward_info={"reward": reward}, messages=messages), actions=actions)
    )
    found = rows(staged, "select event_type from stg_tau2__downstream_events order by 1")
    assert [row[0] for row in found] == events


def test_a_conversation_without_reward_has_no_truth(folder):
    staged = folder(run=run(simulation(reward_info=None)))
    assert rows(
        staged, "select intent_id, confirming_event_type from stg_tau2__intent_catalogue"
    ) == [("retail.information_only.unrated", None)]


@pytest.mark.parametrize(
    ("message_costs", "agent_cost", "expected"),
    [
        ([0.0, 0.2], 0.2, [0.0, 0.2]),
        ([0.0, 0.0], 0.0, [None, None]),
        ([None, None], None, [None, None]),
        ([None, None], 0.4, [0.2, 0.2]),
        ([None, 0.3], None, [None, 0.3]),
    ],
)
def test_costs(folder, message_costs, agent_cost, expected):
    first, second = message_costs
    messages = [
        message("assistant", cost=first),
        message("user", cost=9.0),
        message("assistant", cost=second),
    ]
    staged = folder(run=run(simulation(messages=messages, agent_cost=agent_cost, user_cost=9.0)))
    found = rows(
        staged, "select cost_usd from stg_tau2__turns where actor_type = 'bot' order by turn_number"
    )
    assert [row[0] for row in found] == expected


def test_control_words_and_tool_results_are_no_text(folder):
    messages = [message("user", "thank you ###STOP###"), message("tool", '{"email": "a@b.c"}')]
    staged = folder(run=run(simulation(messages=messages)))
    assert rows(staged, "select text_redacted from stg_tau2__turns order by turn_number") == [
        ("thank you",),
        (None,),
    ]


def test_compressed_and_plain_files_and_subfolders(tmp_path, stage):
    (tmp_path / "deep").mkdir()
    with gzip.open(tmp_path / "deep" / "run.json.gz", "wt") as file:
        json.dump(run(simulation()), file)
    (tmp_path / "plain.json").write_text(json.dumps(run(simulation()), indent=4))
    staged = stage(f"{tmp_path}/**/*.json*")
    assert rows(staged, "select count(*) from stg_tau2__interactions") == [(2,)]
