"""Spoil the raw rows as real deliveries are spoiled, and keep count of it.

Every fault adds a row: the sound delivery of an event is always there as well, so that the truth of
the world does not depend on the faults. Kinds: duplicate (delivered again), quarantined (breaks a
rule; the label says how).
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

from .model import DAY
from .records import RAW_COLUMNS, time_text

# table: share of its rows that are delivered twice
TWICE = {
    "turns": 0.012, "interactions": 0.012, "downstream_events": 0.015, "surveys": 0.01,
    "handoffs": 0.01, "intent_predictions": 0.006, "agent_segments": 0.006,
    "interaction_identifiers": 0.004,
}  # fmt: skip

# (table, label, column changed, value put there, how many, same event id as a sound row)
MALFORMED = (
    ("turns", "bad timestamp", "occurred_at", "2026-13-45 99:00:00", 6, True),
    ("turns", "bad timestamp", "occurred_at", "soon", 4, False),
    ("turns", "future time", "occurred_at", "2031-01-01 00:00:00", 5, False),
    ("turns", "past time", "occurred_at", "1970-01-01 00:00:01", 3, False),
    ("turns", "unknown enum", "actor_type", "alien", 6, True),
    ("turns", "missing key", "interaction_id", "", 5, False),
    ("turns", "missing event id", "source_event_id", "", 4, False),
    ("turns", "orphan", "interaction_id", "i999999", 8, False),
    ("turns", "negative cost", "cost_usd", "-0.5", 6, True),
    ("turns", "out of range", "sentiment", "3.5", 4, False),
    ("turns", "bad number", "latency_ms", "fast", 4, True),
    ("interactions", "unknown enum", "channel", "fax", 5, False),
    ("interactions", "bad timestamp", "started_at", "yesterday", 4, True),
    ("interactions", "future time", "started_at", "2033-05-05 10:00:00", 2, False),
    ("interactions", "missing key", "interaction_id", "", 3, False),
    ("interactions", "ends before it starts", "ended_at", "2020-01-01 00:00:00", 3, True),
    ("interaction_identifiers", "missing key", "id_value", "", 4, False),
    ("interaction_identifiers", "orphan", "interaction_id", "i999998", 3, False),
    ("handoffs", "unknown enum", "status", "maybe", 3, False),
    ("handoffs", "orphan", "interaction_id", "i999997", 2, False),
    ("intent_predictions", "out of range", "confidence", "1.7", 4, False),
    ("intent_predictions", "bad number", "rank", "first", 3, True),
    ("suggestions", "unknown enum", "action", "loved", 2, False),
    ("surveys", "unknown enum", "instrument", "thumbs", 3, False),
    ("surveys", "bad number", "score", "great", 3, True),
    ("downstream_events", "missing key", "id_value", "", 4, False),
    ("downstream_events", "bad timestamp", "occurred_at", "31/12/2026", 4, False),
    ("downstream_events", "future time", "occurred_at", "2030-02-02 00:00:00", 2, False),
    ("guardrail_events", "out of range", "severity", "9", 2, False),
    ("qa_reviews", "unknown enum", "reviewer_type", "parrot", 2, False),
    ("qa_reviews", "bad flag", "passed", "perhaps", 2, True),
    ("agent_segments", "negative time", "talk_seconds", "-30", 3, True),
    ("agent_hours", "bad date", "worked_on", "2026-02-30", 2, False),
    ("agent_hours", "negative time", "paid_seconds", "-1", 1, False),
    ("identity_links", "out of range", "confidence", "7", 2, False),
    ("identity_links", "missing key", "id_value_b", "", 2, False),
    ("customer_segments", "missing key", "segment", "", 2, False),
    ("offers", "missing key", "kind", "", 1, False),
    ("consents", "unknown enum", "status", "maybe", 1, False),
    ("experiment_assignments", "unknown enum", "unit_type", "planet", 1, False),
)


def count(rows: dict[str, list], kinds: dict[tuple[str, str, str], int]) -> list[dict]:
    """Expected fate of the raw rows: accepted ones are all that no fault added."""
    found = []
    for table, table_rows in rows.items():
        added = {key: n for key, n in kinds.items() if key[0] == table}
        accepted = len(table_rows) - sum(added.values())
        fates = {(table, "accepted", ""): accepted} | added
        for (_, status, label), number in fates.items():
            found.append({"table": table, "row_status": status, "label": label, "raw_rows": number})
    return found


def spoil(world, rows: dict[str, list[dict]]) -> tuple[dict[str, list[dict]], list[dict]]:
    """Add every fault, then disturb the order; returns the rows and their count by fate."""
    random = Random(f"faults {world.seed}")
    kinds: Counter = Counter()
    sound = {table: list(table_rows) for table, table_rows in rows.items()}
    for table, share in TWICE.items():
        for row in sound[table]:
            if random.random() < share:
                rows[table].append(row | {"ingested_at": later(row, random.choice((0, 0, 1, 3)))})
                kinds[table, "duplicate", ""] += 1
    for table, label, column, value, number, keeps_id in MALFORMED:
        for row in pick(random, sound[table], number):
            rows[table].append(malformed(world, table, row, column, value, keeps_id, random))
            kinds[table, "quarantined", label] += 1
    add_conflicts(random, sound, rows, kinds)
    add_lost_interaction(random, sound, rows, kinds)
    for table in ("turns", "interactions", "downstream_events", "intent_predictions"):
        disorder(random, rows[table])
    return rows, count(rows, kinds)


def pick(random: Random, rows: list[dict], number: int) -> list[dict]:
    """A sample without replacement of at most that many rows."""
    return random.sample(rows, min(number, len(rows)))


def later(row: dict, days: int) -> str:
    """Load date of a row moved by days."""
    at = datetime.fromisoformat(row["ingested_at"]).replace(tzinfo=UTC)
    return time_text(int(at.timestamp()) + days * DAY)


def malformed(world, table, row, column, value, keeps_id: bool, random: Random) -> dict:
    """A copy of a sound row with one value spoiled, as a bad delivery of it or a new event."""
    bad = row | {column: value}
    if not keeps_id and column != "source_event_id":
        bad["source_event_id"] = f"z{random.randrange(10**6)}"
    if table == "turns" and not keeps_id:
        bad["turn_number"] = str(int(row["turn_number"]) + 50)
    if table == "interactions" and not keeps_id and column != "interaction_id":
        bad["interaction_id"] = f"i8{random.randrange(10**6):06d}"
    return bad


def add_conflicts(random: Random, sound, rows, kinds: Counter) -> None:
    """The same turn under another event id, and an interaction delivered again with a change."""
    for number, row in enumerate(pick(random, sound["turns"], 4)):
        again = {"source_event_id": f"y{number}", "ingested_at": later(row, 2)}
        rows["turns"].append(row | again)
        kinds["turns", "quarantined", "key taken"] += 1
    for row in pick(random, sound["interactions"], 5):
        change = {"declared_outcome": "partially_resolved", "ingested_at": later(row, 2)}
        rows["interactions"].append(row | change)
        kinds["interactions", "duplicate", ""] += 1


def add_lost_interaction(random: Random, sound, rows, kinds: Counter) -> None:
    """An interaction that only ever arrives malformed takes its turns into quarantine with it."""
    model = random.choice(sound["interactions"])
    rows["interactions"].append(
        model | {"source_event_id": "zlost", "interaction_id": "ilost", "channel": "telex"}
    )
    kinds["interactions", "quarantined", "unknown enum"] += 1
    for number, row in enumerate(pick(random, sound["turns"], 3)):
        lost = {"source_event_id": f"zlost{number}", "interaction_id": "ilost"}
        rows["turns"].append(row | lost | {"turn_number": str(number + 1)})
        kinds["turns", "quarantined", "orphan"] += 1


def disorder(random: Random, rows: list[dict]) -> None:
    """Order by load, with 3 % of the rows out of place."""
    rows.sort(key=lambda row: row["ingested_at"])
    for _ in range(round(0.03 * len(rows) / 2)):
        a, b = random.randrange(len(rows)), random.randrange(len(rows))
        rows[a], rows[b] = rows[b], rows[a]


assert all(column in RAW_COLUMNS[table] for table, _, column, *_ in MALFORMED)
