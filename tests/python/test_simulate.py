"""The simulated contact centre: deterministic, small, typed, and showing what was planted.

Thresholds are stated by hand, well inside what the parameters of scripts/simulate/model.py imply.
"""

import re
import sys
from collections import defaultdict
from datetime import date
from itertools import pairwise
from statistics import mean
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from dbt_helpers import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World
from scripts.simulate.bulk import write_bulk
from scripts.simulate.contact import Interaction
from scripts.simulate.model import DAY, START_AT
from scripts.simulate.records import COLUMNS, arrow_schema
from scripts.simulate.truth import (
    TRACKED,
    human_took_part,
    interaction_cost,
    journeys_of,
)

RAW = PROJECT_ROOT / "seeds" / "raw"
TRUTH = PROJECT_ROOT / "tests" / "truth" / "demo"


@pytest.fixture(scope="module")
def demo():
    """The demo company, with its truth by table and its mature journeys."""
    world = World()
    truth = world.truth()
    pairs = [
        (journey, row)
        for journey, row in zip(world.journeys, truth["journeys"], strict=True)
        if row["outcome"] != "open"
    ]
    return SimpleNamespace(world=world, truth=truth, mature=pairs)


def scene(demo, name):
    return demo.world.stories[name]


def journeys_in(demo, name):
    """Mature journeys with an interaction of a scene, each with its truth."""
    members = {id(interaction) for interaction in scene(demo, name)}
    return [
        (journey, row)
        for journey, row in demo.mature
        if any(id(interaction) in members for interaction in journey.interactions)
    ]


# --- files ----------------------------------------------------------------------------------------


def test_same_arguments_give_the_same_files(tmp_path):
    for name in ("one", "two"):
        world = World(seed=3, weeks=8, customers=40)
        world.write_csv(tmp_path / name)
        world.write_truth(tmp_path / name / "truth")
    World(seed=4, weeks=8, customers=40).write_csv(tmp_path / "other")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.csv"))
    assert len(files) == len(COLUMNS) + 5
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    turns = "raw_demo__turns.csv"
    assert (tmp_path / "one" / turns).read_bytes() != (tmp_path / "other" / turns).read_bytes()


def test_committed_seeds_and_truth_are_what_the_simulator_writes(demo, tmp_path):
    demo.world.write_csv(tmp_path)
    demo.world.write_truth(tmp_path / "truth")
    for path in RAW.glob("*.csv"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
    for path in TRUTH.glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "truth" / path.name).read_bytes(), path.name


def test_size_and_completeness(demo):
    assert sum(path.stat().st_size for path in RAW.glob("*.csv")) < 5_000_000
    assert sum(path.stat().st_size for path in TRUTH.glob("*.csv")) < 1_000_000
    assert {path.stem for path in RAW.glob("*.csv")} == {f"raw_demo__{t}" for t in COLUMNS}
    assert all(rows for rows in demo.world.tables.values())
    assert len(demo.world.interactions) >= 3_900
    assert len(demo.world.tables["turns"]) >= 25_000
    assert {i.channel for i in demo.world.interactions} == {"voice", "chat", "email", "messaging"}


def test_columns_are_those_of_the_input_contract():
    text = (PROJECT_ROOT / "macros" / "inputs" / "canonical_tables.sql").read_text()
    contract, table = {}, ""
    types = {
        "string": "string",
        "timestamp": "timestamp[us]",
        "boolean": "bool",
        "double": "double",
        "int": "int32",
        "bigint": "int64",
        "date": "date32[day]",
    }
    for line in text.splitlines():
        if found := re.match(r'        "(\w+)": \{$', line):
            table = found[1]
            contract[table] = {"source_event_id": "string", "ingested_at": "timestamp[us]"}
        if (found := re.match(r' +\["(\w+)", "(\w+)"', line)) and table:
            contract[table][found[1]] = types[found[2]]
        if line.startswith("    }) %}"):
            break
    ours = {
        table: {field.name: str(field.type) for field in arrow_schema(table)} for table in COLUMNS
    }
    assert ours == contract


def test_every_fault_is_planted_and_counted(demo):
    rows, fates = demo.world.raw
    for table, table_rows in rows.items():
        assert len(table_rows) == sum(f["raw_rows"] for f in fates if f["table"] == table)
    labels = {fate["label"] for fate in fates if fate["row_status"] == "quarantined"}
    assert labels >= {
        "bad timestamp",
        "unknown enum",
        "missing key",
        "missing event id",
        "orphan",
        "negative cost",
        "future time",
        "key taken",
    }
    assert all(fate["raw_rows"] > 0 for fate in fates)
    turns = [r for r in rows["turns"] if re.fullmatch(r"2026-0\d-\d\d \d.*", r["occurred_at"])]
    late = [r for r in turns if days_between(r["occurred_at"], r["ingested_at"]) >= 2]
    assert 0.01 < len(late) / len(turns) < 0.06
    loads = [r["ingested_at"] for r in rows["turns"]]
    assert sum(a > b for a, b in pairwise(loads)) > 300


def days_between(event: str, load: str) -> int:
    return (date.fromisoformat(load[:10]) - date.fromisoformat(event[:10])).days - 1


# --- truth ----------------------------------------------------------------------------------------


def test_cost_by_hand():
    """0.002 + (1000 x 0.0000008 + 100 x 0.000004) + 6 min x 0.55 x 1.35 + 0.06 + 2.40 = 6.9182."""
    world = SimpleNamespace(rates=World(weeks=1, customers=1, with_stories=False).rates)
    talk = Interaction("c1", "chat", START_AT)
    talk.turns = [
        {"actor_type": "bot", "cost_usd": 0.002},
        {"actor_type": "bot", "input_tokens": 1000, "output_tokens": 100},
        {"actor_type": "agent"},
    ]
    talk.segments = [{"talk_seconds": 280, "hold_seconds": 20, "wrap_seconds": 60}]
    talk.reviews = [{"reviewer_type": "human"}]
    assert interaction_cost(world, talk) == pytest.approx(6.9182, abs=1e-12)


@pytest.mark.parametrize(("gap", "journeys"), [(3 * DAY, 1), (3 * DAY + 1, 2)])
def test_a_contact_joins_until_the_very_end_of_the_window(gap, journeys):
    def contact(number, second):
        turn = {"actor_type": "customer", "occurred_at": second, "intent_id": "order_status"}
        return Interaction("c1", "chat", second, turns=[turn], number=number)

    world = SimpleNamespace(
        weeks=26, interactions=[contact(1, START_AT), contact(2, START_AT + gap)]
    )
    assert len(journeys_of(world)) == journeys


def test_every_outcome_path_and_grade_occurs(demo):
    rows = demo.truth["journeys"]
    assert {row["outcome"] for row in rows} == {
        "open",
        "forced_termination",
        "escalated",
        "abandoned",
        "resolved",
        "ambiguous",
    }
    assert {row["handling_path"] for row in rows} == {"automation", "assisted", "human_only"}
    grades = {"system_event", "customer_confirmed", "human_qa", "auto_qa", "silence"}
    assert {row["evidence_grade"] for row in rows} == grades
    assert {row["intent_family"] for row in rows} >= {"uncatalogued", "no_intent"}
    assert max(j.ended_at - j.started_at for j in demo.world.journeys) < 90 * DAY
    versions = defaultdict(int)
    for row in demo.world.tables["intent_catalogue"]:
        versions[row["intent_id"]] += 1
    assert versions["return_item"] == 2


# --- effects --------------------------------------------------------------------------------------


def test_vendor_containment_flatters(demo):
    rows = [row for j, row in demo.mature if j.first.version and j.first.version.is_automatable]
    vendor = mean(row["is_vendor_contained"] for row in rows)
    audited = mean(row["is_audited_contained"] for row in rows)
    assert vendor - audited > 0.12


def test_handle_time_rises_by_mix_alone(demo):
    """AHT paradox: dearer on average, flat within each complexity, because the mix changed."""
    seconds = defaultdict(list)
    for interaction in demo.world.interactions:
        if not any(s.get("answered_at") for s in interaction.segments) or interaction.scene:
            continue
        quarter = int(demo.world.progress(interaction.started_at) * 4)
        named = next((t["intent_id"] for t in interaction.turns if t.get("intent_id")), "")
        complexity = demo.world.complexity(named, interaction.started_at)
        total = sum((s.get(k) or 0) for s in interaction.segments for k in TRACKED)
        seconds[quarter, complexity].append(total)
    kinds = ("simple", "moderate", "complex")
    first, last = ([x for k in kinds for x in seconds[q, k]] for q in (0, 3))
    assert mean(last) > 1.08 * mean(first)
    shares = [len(seconds[q, "simple"]) / len(x) for q, x in ((0, first), (3, last))]
    assert shares[1] < shares[0] - 0.10
    mix = {k: len(seconds[0, k]) / len(first) for k in kinds}
    standardised = sum(mix[k] * mean(seconds[3, k]) for k in kinds)
    assert 0.93 < standardised / mean(first) < 1.07


def test_one_intent_fails_silently(demo):
    contained, back = defaultdict(list), defaultdict(list)
    for journey, row in demo.mature:
        key = row["intent_id"] == "refund_status"
        contained[key].append((row["is_vendor_contained"], row["is_audited_contained"]))
        declared = [c.interaction.declared_outcome for c in journey.contacts]
        if next((d for d in declared if d), None) == "resolved":
            back[key].append(len(journey.contacts) > 1)
    assert mean(vendor for vendor, _ in contained[True]) > 0.65
    assert mean(audited for _, audited in contained[True]) < 0.40
    assert mean(back[True]) > 0.35
    assert mean(back[True]) > 2.5 * mean(back[False])


def test_one_release_understands_less_and_is_rolled_back(demo):
    right = defaultdict(list)
    for prediction in demo.world.tables["intent_predictions"]:
        if prediction["rank"] == 1 and prediction.get("labelled_intent_id"):
            guess = prediction["intent_id"] or "out_of_scope"
            right[prediction["release_id"]].append(guess == prediction["labelled_intent_id"])
    accuracy = {release: mean(values) for release, values in right.items()}
    assert set(accuracy) == {"v1", "v2", "v3", "v4"}
    assert accuracy["v3"] < accuracy["v2"] - 0.12
    assert accuracy["v4"] > 0.85
    releases = {r["release_id"]: r for r in demo.world.tables["releases"]}
    assert releases["v3"]["rolled_back_at"] and not releases["v2"]["rolled_back_at"]
    after = [
        turn["release_id"]
        for turn in demo.world.tables["turns"]
        if turn.get("release_id")
        and releases["v3"]["rolled_back_at"] + DAY < turn["occurred_at"]
        and turn["occurred_at"] < releases["v4"]["deployed_at"]
    ]
    assert after and mean(r == "v2" for r in after) > 0.98


def test_one_segment_is_served_worse(demo):
    plans = {c.customer_id: c.plan for c in demo.world.customers}
    contained = defaultdict(list)
    for journey, row in demo.mature:
        if journey.first.version and journey.first.version.is_automatable:
            contained[plans[row["customer"]] == "basic"].append(row["is_audited_contained"])
    assert mean(contained[True]) < mean(contained[False]) - 0.05
    lawful = {s["segment_type"]: s["lawful_basis"] for s in demo.world.tables["customer_segments"]}
    assert lawful == {"plan": "contract", "age_band": "consent", "district": None}


def test_the_satisfied_answer_surveys(demo):
    offered = [
        (interaction.satisfaction, survey["responded_at"])
        for interaction in demo.world.interactions
        for survey in interaction.surveys
        if survey["instrument"] == "csat"
    ]
    answered = [score for score, responded_at in offered if responded_at]
    assert 0.08 < len(answered) / len(offered) < 0.12
    assert mean(answered) > mean(score for score, _ in offered) + 0.3


# --- scenes ---------------------------------------------------------------------------------------


def test_handoff_loop(demo):
    [(journey, row)] = journeys_in(demo, "handoff_loop")
    connected = [h for h in journey.first.interaction.handoffs if h["status"] == "connected"]
    assert len(connected) == 5
    assert row["outcome"] == "escalated"


def test_rage_quit(demo):
    found = journeys_in(demo, "rage_quit")
    assert len(found) == 3
    assert all(row["is_rage_quit"] and row["outcome"] == "abandoned" for _, row in found)


def test_a_goodbye_is_no_resolution(demo):
    found = journeys_in(demo, "false_goodbye")
    assert len(found) == 3
    for journey, row in found:
        assert [c.interaction.channel for c in journey.contacts] == ["chat", "voice"]
        assert journey.first.interaction.declared_outcome == "resolved"
        assert not journey.first.interaction.resolved["pay_bill"]
        assert row["is_vendor_contained"] and not row["is_audited_contained"]


def test_two_intents_are_two_journeys(demo):
    contacts = defaultdict(set)
    for contact in demo.truth["contacts"]:
        contacts[contact["interaction_id"]].add(contact["journey_id"])
    for interaction in scene(demo, "two_intents"):
        assert len(contacts[interaction.interaction_id]) == 2
    assert len(scene(demo, "two_intents")) >= 40


def test_traffic_that_is_no_contact(demo):
    kinds = defaultdict(int)
    in_journeys = {contact["interaction_id"] for contact in demo.truth["contacts"]}
    for interaction in demo.truth["interactions"]:
        kinds[interaction["kind"]] += 1
        assert (interaction["interaction_id"] in in_journeys) == (interaction["kind"] == "valid")
    assert kinds["test"] == 41
    assert kinds["unengaged"] >= 120
    outbound = [i for i in scene(demo, "proactive") if i.direction == "outbound"]
    assert 20 < sum(i.is_engaged for i in outbound) < len(outbound) - 20


def test_long_email_is_one_contact(demo):
    [interaction] = scene(demo, "long_email")
    assert interaction.ended_at - interaction.started_at > 40 * DAY
    assert len(interaction.turns) == 40
    [(journey, _)] = journeys_in(demo, "long_email")
    assert len(journey.contacts) == 1


def test_switchboard_joins_nobody(demo):
    customers = {
        i.customer for i in scene(demo, "switchboard") if ("phone", "switchboard") in i.identifiers
    }
    assert len(customers) > 60


def test_anonymous_contacts_are_linked_later(demo):
    linked = {(link["id_type_a"], link["id_value_a"]): link for link in demo.world.links}
    first = [i for i in scene(demo, "anonymous_first") if i.channel == "chat"]
    assert len(first) == 12
    for interaction in first:
        [identifier] = interaction.identifiers
        assert linked[identifier]["linked_at"] > interaction.started_at
    found = journeys_in(demo, "anonymous_first")
    assert mean(len(journey.contacts) == 2 for journey, _ in found) == 1


def test_channel_shift_is_one_resolved_journey(demo):
    shifted = [
        row
        for journey, row in journeys_in(demo, "deflection")
        if {c.interaction.channel for c in journey.contacts} == {"voice", "messaging"}
    ]
    assert len(shifted) > 50
    assert mean(row["outcome"] == "resolved" for row in shifted) > 0.85


def test_second_need_in_one_channel_is_another_journey(demo):
    """Channel-level FCR calls the first contact a failure; each is a journey of one contact."""
    found = journeys_in(demo, "second_need")
    customers = defaultdict(list)
    for journey, _ in found:
        customers[journey.first.interaction.customer].append(journey)
    pairs = [sorted(js, key=lambda j: j.started_at) for js in customers.values() if len(js) == 2]
    assert len(pairs) > 40
    assert all(len(j.contacts) == 1 for pair in pairs for j in pair)
    assert all(b.started_at - a.ended_at < 7 * DAY for a, b in pairs)


def test_one_violation_of_severity_1(demo):
    events = demo.world.tables["guardrail_events"]
    severe = [e for e in events if e["severity"] == 1]
    assert [e["was_delivered"] for e in severe] == [True]


def test_assistant_is_rolled_out_by_team(demo):
    starts = {agent.team: agent.assist_from for agent in demo.world.agents}
    assert starts["red"] < starts["blue"] < starts["green"]
    assert starts["grey"] is None
    shown = demo.world.tables["suggestions"]
    assert {s["arm"] for s in shown} == {"display", "holdout"}


def test_a_world_without_scenes_and_faults_is_plain():
    world = World(seed=5, weeks=4, customers=30, with_stories=False, with_faults=False)
    rows, fates = world.raw
    assert {fate["row_status"] for fate in fates} == {"accepted"}
    assert all(len({r["source_event_id"] for r in x}) == len(x) for x in rows.values())
    assert any(human_took_part(i) for i in world.interactions)


# --- bulk -----------------------------------------------------------------------------------------


def test_bulk_is_typed_and_of_the_size_asked_for(tmp_path):
    report = write_bulk(tmp_path, 20_000, seed=1)
    tables = {table: pq.read_table(tmp_path / f"{table}.parquet") for table in COLUMNS}
    for table, rows in tables.items():
        assert rows.schema.equals(arrow_schema(table)), table
    turns, conversations = tables["turns"], tables["interactions"]
    assert report.events == turns.num_rows
    assert 20_000 <= turns.num_rows < 21_000
    assert 9.5 < turns.num_rows / conversations.num_rows < 10.7
    ids = turns["source_event_id"].to_pylist()
    assert 0.005 < 1 - len(set(ids)) / len(ids) < 0.015
    # Solved by the bot: some 0.8 enter with it, it tries 0.45 and solves 0.7 of those.
    ends = conversations["end_reason"].to_pylist()
    assert 0.18 < ends.count("completed") / len(ends) < 0.34


def test_bulk_is_deterministic(tmp_path):
    for name in ("one", "two"):
        write_bulk(tmp_path / name, 5_000, seed=2)
    for table in COLUMNS:
        one, two = (pq.read_table(tmp_path / name / f"{table}.parquet") for name in ("one", "two"))
        assert one.equals(two), table
