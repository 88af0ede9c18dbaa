"""System tickets: the published counts of the Volvo IT incidents (BPI Challenge 2013) against an
independent reading of the file, and logs of other systems and shapes."""

import csv
import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from staging_harness import Staging, real_data, rows, small_project

HEADER = (
    *("SR Number", "Change Date+Time", "Status", "Sub Status", "Involved ST", "ST Level"),
    *("Resource", "Product"),
)
SEEDS = {"ticket_event_mapping": "reference"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tickets")
    placeholder = folder / "placeholder.csv"
    placeholder.write_text(",".join(HEADER) + "\n", encoding="utf-8")
    staging = Staging(folder, "tickets", "cx_tickets_path", placeholder)
    return lambda path: staging(path, seeds=SEEDS)


@pytest.fixture(scope="module")
def volvo(stage):
    return stage(real_data("volvo_bpi2013/incidents.csv.gz"))


@pytest.fixture(scope="module")
def cases():
    """{case: its events in order}, read without the project."""
    found = {}
    with gzip.open(real_data("volvo_bpi2013/incidents.csv.gz"), "rt", encoding="utf-8-sig") as file:
        for event in csv.DictReader(file):
            found.setdefault(event["SR Number"], []).append(event)
    for events in found.values():
        events.sort(key=lambda event: event["Change Date+Time"])
    return found


def test_published_counts(volvo):
    assert rows(
        volvo, "select count(*) from stg_tickets__turns where actor_type <> 'customer'"
    ) == [(65533,)]
    assert rows(
        volvo, "select count(distinct id_value) from stg_tickets__interaction_identifiers"
    ) == [(7554,)]
    assert rows(
        volvo, "select count(*) from stg_tickets__interactions where parent_interaction_id is null"
    ) == [(7554,)]


def test_every_event_of_the_log_is_one_turn(volvo, cases):
    found = rows(
        volvo,
        """
        select identifiers.id_value, count(*)
        from stg_tickets__turns as turns
        inner join stg_tickets__interaction_identifiers as identifiers
            on turns.interaction_id = identifiers.interaction_id
        where turns.actor_type <> 'customer'
        group by all
        """,
    )
    assert dict(found) == {case: len(events) for case, events in cases.items()}


def test_reopenings(volvo, cases):
    expected = sum(
        before["Status"] == "Completed" and after["Status"] != "Completed"
        for events in cases.values()
        for before, after in pairwise(events)
    )
    assert expected == 580
    assert rows(
        volvo, "select count(*) from stg_tickets__downstream_events where event_type = 'reversal'"
    ) == [(expected,)]
    assert rows(volvo, "select count(*) from stg_tickets__interactions") == [
        (len(cases) + expected,)
    ]


def first_completion(events) -> str | None:
    return next((e["Sub Status"] for e in events if e["Status"] == "Completed"), None)


def test_resolved_in_call(volvo, cases):
    expected = {c for c, events in cases.items() if first_completion(events) == "In Call"}
    found = rows(
        volvo,
        "select id_value from stg_tickets__downstream_events"
        " where event_type = 'resolved_in_call' and source_event_id = id_value || '/in_call'",
    )
    assert {row[0] for row in found} == expected


def test_declared_outcomes(volvo, cases):
    never = sum(first_completion(events) is None for events in cases.values())
    found = rows(
        volvo,
        "select declared_outcome, end_reason, count(*) from stg_tickets__interactions"
        " where parent_interaction_id is null group by all",
    )
    counts = {(declared, end): n for declared, end, n in found}
    assert counts[None, None] == never
    assert counts["resolved", "completed"] == len(cases) - never


def test_escalations_between_lines(volvo, cases):
    """A move to another group on a higher line, from the first line to the second or third."""
    expected = 0
    for events in cases.values():
        for before, after in pairwise(events):
            reopened = before["Status"] == "Completed" and after["Status"] != "Completed"
            moved = before["Involved ST"] != after["Involved ST"] and not reopened
            if moved and before["ST Level"] == "L1" and after["ST Level"] != "L1":
                expected += 1
    found = rows(
        volvo,
        "select count(*) from stg_tickets__handoffs"
        " where from_type = 'agent' and to_type = 'specialist'",
    )
    # A group whose events name two lines counts by its lowest: such moves are few.
    assert found[0][0] == pytest.approx(expected, rel=0.01)


def test_times_are_utc(volvo):
    assert rows(
        volvo,
        "select min(started_at) = timestamp '2010-03-31 14:59:42' from stg_tickets__interactions",
    ) == [(True,)]


# --- logs of other systems ------------------------------------------------------------------------


def event(case, minute, status, sub="", group="desk", line="1", agent="ann"):
    return (case, f"2025-03-01 10:{minute:02d}:00", status, sub, group, line, agent)


@pytest.fixture
def log(tmp_path: Path, stage):
    def write(*events):
        path = tmp_path / "log.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows((*e, "printer") for e in events)
        return stage(path)

    return write


def test_a_reopened_ticket_is_a_second_contact_of_the_same_case(log):
    staged = log(
        event("A", 0, "new"),
        event("A", 1, "open"),
        event("A", 2, "solved"),
        event("A", 3, "closed"),
        event("A", 30, "open"),
        event("A", 31, "solved"),
    )
    assert rows(
        staged,
        "select interaction_id, parent_interaction_id, minute(ended_at), declared_outcome"
        " from stg_tickets__interactions order by 1",
    ) == [("A", None, 2, "resolved"), ("A/2", "A", 31, "resolved")]
    assert rows(
        staged,
        "select source_event_id, reverses_event_id from stg_tickets__downstream_events"
        " where event_type = 'reversal'",
    ) == [("A/reopened", "A/completed")]


def test_an_open_ticket_declares_nothing(log):
    staged = log(event("A", 0, "new"), event("A", 1, "pending"))
    assert rows(
        staged, "select ended_at, end_reason, declared_outcome from stg_tickets__interactions"
    ) == [(None, None, None)]


def test_a_cancelled_ticket_is_abandoned_not_resolved(log):
    staged = log(event("A", 0, "new"), event("A", 1, "cancelled"))
    assert rows(staged, "select end_reason, declared_outcome from stg_tickets__interactions") == [
        ("customer_left", "abandoned")
    ]
    assert rows(staged, "select count(*) from stg_tickets__downstream_events") == [(0,)]


def test_handoffs_taken_refused_and_waiting(log):
    staged = log(
        event("A", 0, "open"),
        event("A", 1, "new", group="network", line="2"),
        event("A", 2, "open", group="network", line="2"),
        event("A", 3, "new", group="storage", line="3"),
        event("A", 4, "open", group="desk"),
        event("A", 5, "new", group="cables", line="2"),
    )
    assert rows(
        staged,
        "select from_type, to_type, status, minute(requested_at), minute(connected_at)"
        " from stg_tickets__handoffs order by requested_at",
    ) == [
        ("agent", "specialist", "connected", 1, 2),
        ("specialist", "specialist", "refused", 3, None),
        ("specialist", "agent", "connected", 4, 4),
        ("agent", "specialist", "deferred", 5, None),
    ]


def test_rows_that_cannot_be_read_say_why(log):
    staged = log(
        event("A", 0, "open"),
        event("A", 1, "on the moon"),
        ("A", "some day", "open", "", "desk", "1", "ann"),
        ("", "2025-03-01 10:00:00", "open", "", "desk", "1", "ann"),
    )
    found = rows(
        staged,
        "select interaction_id, cast_errors from stg_tickets__turns"
        " where turn_number is null order by 2 nulls last",
    )
    assert found == [
        ("A", "status=on the moon (add it to the seed ticket_event_mapping)"),
        ("A", "time=some day"),
        (None, None),
    ]
    assert rows(staged, "select count(*) from stg_tickets__interactions") == [(1,)]


def test_the_same_row_twice_is_the_same_event(log):
    once = (event("A", 0, "new"), event("A", 1, "solved"), event("A", 2, "open"))
    staged = log(*once, *once)
    assert rows(
        staged,
        "select count(*), count(distinct source_event_id), count(distinct interaction_id)"
        " from stg_tickets__turns where actor_type <> 'customer'",
    ) == [(6, 3, 2)]


@pytest.mark.parametrize(
    ("line", "group", "number"),
    [
        ("L1", "V30", 1),
        ("L3", "V5 3rd", 3),
        ("L2/L3", "V13 2nd 3rd", 2),
        ("", "V5 3rd", 3),
        ("", "V13 2nd 3rd", 2),
        ("", "G97", 1),
        ("", "", 1),
    ],
)
def test_line_of_a_group(log, line, group, number):
    staged = log(event("A", 0, "open", line=line, group=group))
    assert rows(staged, "select line_number from base_tickets__events") == [(number,)]


def test_columns_of_other_systems_are_found(tmp_path):
    path = tmp_path / "servicenow.csv"
    path.write_text(
        "number;sys_updated_on;incident_state;assignment_group\n"
        "INC1;2025-03-01 10:00:00;New;desk\nINC1;2025-03-01 11:00:00;Resolved;desk\n",
        encoding="utf-8",
    )
    staged = Staging(tmp_path, "tickets", "cx_tickets_path", path)(seeds=SEEDS)
    found = rows(staged, "select interaction_id, declared_outcome from stg_tickets__interactions")
    assert found == [("INC1", "resolved")]


def test_columns_that_are_not_found_are_asked_for_and_can_be_named(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Vorgang;Zeit;Status\n1;2025-03-01 10:00:00;New\n", encoding="utf-8")
    dbt = small_project(tmp_path, "staging/tickets")

    def compile_with(columns):
        variables = {
            "cx_systems": ["tickets"],
            "cx_tickets_path": str(path),
            "cx_tickets_columns": columns,
        }
        return dbt("compile", "-s", "base_tickets__events", vars=variables, check=False)

    assert "is known as case_id: name it, --vars '{cx_tickets_columns:" in compile_with({}).text
    named = {"case_id": "Vorgang", "event_at": "Zeit"}
    assert compile_with(named).success
    assert "gives 'Zeitpunkt' as event_at, but the file has: Vorgang, Zeit, Status." in (
        compile_with({**named, "event_at": "Zeitpunkt"}).text
    )
