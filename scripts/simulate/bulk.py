"""The same model at any size: typed Parquet, written in chunks with numpy, for benchmarks.

It shares model.py with the demo (demand, scope of the bot, chances, releases, silent failure, the
segment served worse, recontact and channel shift) and leaves out the planted scenes. One
conversation has ten turns on average. Events are counted in turns, duplicates included.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .model import (
    BOT_ENTRY,
    CATALOGUE,
    CHANNEL_DEMAND,
    CHANNELS,
    DAY,
    DEFAULT_EFFECTS,
    HOUR,
    HOUR_DEMAND,
    NO_INTENT_DEMAND,
    PLANS,
    RELEASES,
    START_AT,
    TEAMS,
    UNCATALOGUED_DEMAND,
    UNCATALOGUED_INTENT,
    WEEK,
    WEEKDAY_DEMAND,
    moment,
)
from .records import RAW_COLUMNS, arrow_schema
from .surroundings import catalogue_rows, rate_rows, release_rows

TURNS_PER_CONVERSATION = 10
CHUNK_CONVERSATIONS = 100_000
NEEDS_PER_CUSTOMER = 2.5
DUPLICATE_SHARE = 0.01
MALFORMED_SHARE = 0.001
# Turns handed to a group of rows; small enough for 8 GiB at any size of world.
ROW_GROUP = 250_000

INTENTS = [i for i in CATALOGUE if i.demand]
INTENT_IDS = np.array([*(i.intent_id for i in INTENTS), UNCATALOGUED_INTENT, ""], dtype=object)
COMPLEXITIES = ("simple", "moderate", "complex")
COMPLEXITY = np.array([*(COMPLEXITIES.index(i.complexity) for i in INTENTS), 1, 1])
DEADLINE = np.array([*((i.deadline_hours or 0) * HOUR for i in INTENTS), 0, 0], dtype=float)
EVENT_TYPES = np.array([*(i.confirming_event_type or "" for i in INTENTS), "", ""], dtype=object)
DEMAND = np.array([*(i.demand for i in INTENTS), UNCATALOGUED_DEMAND, NO_INTENT_DEMAND])
# Median seconds between two turns, by channel.
PACE = np.array([8, 16, 9000, 240])
ACTORS = np.array(["customer", "bot", "agent"], dtype=object)

# What became of a contact.
FATES = ("bot_solved", "goodbye", "left", "forced", "solved", "unsolved", "hung_up", "unconnected")
BOT_SOLVED, GOODBYE, LEFT, FORCED, SOLVED, UNSOLVED, HUNG_UP, UNCONNECTED = range(8)
END_REASONS = np.array(
    ["completed", "bot_ended", "customer_left", "max_turns", "agent_ended", "agent_ended",
     "customer_left", "timeout"],
    dtype=object,
)  # fmt: skip
DECLARED = np.array(
    ["resolved", "resolved", "abandoned", None, "resolved", "partially_resolved", "abandoned",
     None],
    dtype=object,
)  # fmt: skip


@dataclass
class Report:
    """What a bulk run wrote."""

    events: int
    conversations: int
    seconds: float

    @property
    def rate(self) -> float:
        """Events (turns) a second."""
        return self.events / self.seconds


def pick(rng, weights, n: int) -> np.ndarray:
    """Indices drawn with weights."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(bounds / bounds[-1], rng.random(n), side="right")


def strings(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Ids made of a prefix and numbers."""
    text = pc.cast(pa.array(numbers), pa.string())
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "") if prefix else text


def coded(values, codes: np.ndarray, missing: np.ndarray | None = None) -> pa.DictionaryArray:
    """Values by code, as a dictionary (text is stored once); missing: where there is none."""
    dictionary = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32), mask=missing), dictionary
    )


def times(seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Timestamps from seconds."""
    micros = seconds.astype(np.int64) * 1_000_000
    return pa.array(micros, mask=missing).cast(pa.timestamp("us"))


def loads(seconds: np.ndarray, rng) -> pa.Array:
    """Nightly load times: the midnight after, for 2.5 % of the rows 2 to 9 days later."""
    days = seconds.astype(np.int64) // DAY + 1
    late = rng.random(len(days)) < 0.025
    return times((days + late * rng.integers(2, 10, len(days))) * DAY)


class Writer:
    """One Parquet file per table; columns that a chunk does not give are null."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.files: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def write(self, table: str, columns: dict[str, pa.Array]) -> None:
        """Append a chunk to a table."""
        schema = arrow_schema(table)
        n = len(next(iter(columns.values())))
        arrays = []
        for field in schema:
            column = columns.get(field.name)
            if column is None:
                column = pa.nulls(n, field.type)
            elif isinstance(column, pa.DictionaryArray):
                column = column.cast(field.type)
            arrays.append(column.cast(field.type) if column.type != field.type else column)
        if table not in self.files:
            plain = [name for name in schema.names if name != "source_event_id"]
            self.files[table] = pq.ParquetWriter(
                self.folder / f"{table}.parquet", schema, use_dictionary=plain
            )
        batch = pa.Table.from_arrays(arrays, schema=schema)
        self.files[table].write_table(batch, row_group_size=ROW_GROUP)
        self.rows[table] = self.rows.get(table, 0) + n

    def number(self, table: str, n: int) -> np.ndarray:
        """The next n numbers of a table's rows."""
        first = self.rows.get(table, 0)
        return np.arange(first, first + n)

    def close(self) -> None:
        """Finish all files; tables that got no row become empty files."""
        for table in RAW_COLUMNS:
            if table not in self.files:
                pq.write_table(arrow_schema(table).empty_table(), self.folder / f"{table}.parquet")
        for file in self.files.values():
            file.close()


class Bulk:
    """A bulk world: population, then conversations chunk by chunk."""

    def __init__(self, folder: Path, events: int, seed: int, weeks: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.weeks, self.effects = weeks, DEFAULT_EFFECTS
        self.clock = START_AT + weeks * WEEK
        self.writer = Writer(folder)
        self.conversations = max(
            1, round(events / (TURNS_PER_CONVERSATION * (1 + DUPLICATE_SHARE)))
        )
        self.customers = max(10, round(self.conversations / NEEDS_PER_CUSTOMER))
        self.agents = max(24, self.conversations // 1500)
        self.plan = pick(self.rng, [share for _, share in PLANS], self.customers)
        starts = [moment(release[3], weeks) for release in RELEASES]
        self.release_starts = np.array(starts)
        self.team_assist = np.array(
            [np.inf if start is None else moment(start, weeks) for _, start in TEAMS]
        )

    # --- contacts ---------------------------------------------------------------------------------

    def release_of(self, at: np.ndarray) -> np.ndarray:
        """Release that was live: the latest deployed and not rolled back."""
        live = np.zeros(len(at), dtype=int)
        for number, (_, _, _, deployed, back, _) in enumerate(RELEASES):
            until = np.inf if back is None else moment(back, self.weeks)
            live = np.where((at >= moment(deployed, self.weeks)) & (at < until), number, live)
        return live

    def needs(self, n: int) -> dict[str, np.ndarray]:
        """First contacts of n needs."""
        rng = self.rng
        day = rng.integers(0, self.weeks, n) * 7 + pick(rng, WEEKDAY_DEMAND, n)
        at = START_AT + day * DAY + pick(rng, HOUR_DEMAND, n) * HOUR + rng.integers(0, HOUR, n)
        return {
            "customer": rng.integers(0, self.customers, n),
            "intent": pick(rng, DEMAND, n),
            "channel": pick(rng, [CHANNEL_DEMAND[c] for c in CHANNELS], n),
            "at": at,
        }

    def serve(self, contacts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What happens in each contact: who handles it and how it ends."""
        rng, effects = self.rng, self.effects
        n = len(contacts["at"])
        intent, complexity = contacts["intent"], COMPLEXITY[contacts["intent"]]
        progress = (contacts["at"] - START_AT) / (self.weeks * WEEK)
        ramp = np.array([BOT_ENTRY[c] for c in CHANNELS])[contacts["channel"]]
        has_bot = rng.random(n) < ramp[:, 0] + (ramp[:, 1] - ramp[:, 0]) * progress
        scope = np.array([effects.bot_scope[c] for c in COMPLEXITIES])[complexity]
        chance = scope[:, 0] + (scope[:, 1] - scope[:, 0]) * progress
        is_silent = INTENT_IDS[intent] == effects.silent_intent
        tries = has_bot & (rng.random(n) < np.where(is_silent, effects.silent_intent_scope, chance))
        release = self.release_of(contacts["at"])
        accuracy = np.array([r[5] for r in RELEASES])[release]
        recognised = rng.random(n) < accuracy
        solves = np.array([effects.bot_solves[c] for c in COMPLEXITIES])[complexity]
        solves = np.where(is_silent, effects.silent_intent_solves, solves)
        solves *= np.where(recognised, 1.0, effects.unrecognised_factor)
        is_worse = self.plan[contacts["customer"]] == [p for p, _ in PLANS].index(
            effects.worse_plan
        )
        solves = solves - effects.worse_plan_penalty * is_worse
        bot_solved = tries & (rng.random(n) < solves)
        u = rng.random(n)
        goodbye = np.where(is_silent, effects.silent_intent_false_goodbye, effects.false_goodbye)
        left = goodbye + effects.bot_abandoned * (1 - goodbye)
        forced = left + effects.bot_forced * (1 - left)
        failed = np.select([u < goodbye, u < left, u < forced], [GOODBYE, LEFT, FORCED], UNSOLVED)
        agent = rng.integers(0, self.agents, n)
        assisted = contacts["at"] >= self.team_assist[agent % len(TEAMS)]
        helps = assisted & (rng.random(n) < 0.5)
        agent_chance = np.array([effects.agent_solves[c] for c in COMPLEXITIES])[complexity]
        human = np.where(
            rng.random(n) < agent_chance + effects.assist_solves * helps, SOLVED, UNSOLVED
        )
        human = np.where(rng.random(n) < 0.05, HUNG_UP, human)
        human = np.where(has_bot & (rng.random(n) < 0.12), UNCONNECTED, human)
        fate = np.where(tries & ~bot_solved & (failed != UNSOLVED), failed, human)
        fate = np.where(bot_solved, BOT_SOLVED, fate)
        turns = 4 + rng.poisson(TURNS_PER_CONVERSATION - 4, n)
        pace = PACE[contacts["channel"]] * rng.lognormal(0, 0.3, n)
        duration = np.round(turns * pace).astype(np.int64) + 20
        return contacts | {
            "fate": fate, "has_bot": has_bot, "recognised": recognised, "release": release,
            "agent": agent, "helps": helps & np.isin(fate, (SOLVED, UNSOLVED)),
            "assisted": assisted, "turns": turns, "pace": pace,
            "end": contacts["at"] + duration,
        }  # fmt: skip

    def return_again(self, served: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The next contacts of those whose need was not met and who come back."""
        rng, effects = self.rng, self.effects
        unmet = ~np.isin(served["fate"], (BOT_SOLVED, SOLVED))
        back = np.flatnonzero(unmet & (rng.random(len(unmet)) < effects.comes_back))
        gap = np.minimum(8.5 * DAY, rng.lognormal(0, 1, len(back)) * 22 * HOUR).astype(np.int64)
        channel = served["channel"][back]
        shifts = rng.random(len(back)) < effects.shifts_channel
        return {
            "customer": served["customer"][back],
            "intent": served["intent"][back],
            "channel": np.where(shifts, CHANNELS.index("voice"), channel),
            "at": served["end"][back] + gap + 600,
        }

    def chunk(self, n: int) -> dict[str, np.ndarray]:
        """Some n contacts: needs and what follows from them, in the order of time."""
        rounds, contacts = [], self.needs(max(1, round(n * 0.77)))
        for _ in range(4):
            rounds.append(self.serve(contacts))
            contacts = self.return_again(rounds[-1])
        joined = {name: np.concatenate([r[name] for r in rounds]) for name in rounds[0]}
        kept = np.flatnonzero(joined["end"] < self.clock - HOUR)
        kept = kept[np.argsort(joined["at"][kept], kind="stable")]
        return {name: values[kept] for name, values in joined.items()}

    # --- tables -----------------------------------------------------------------------------------

    def write_conversations(self, c: dict[str, np.ndarray]) -> int:
        """All tables of a chunk of contacts; returns the turns written."""
        n = len(c["at"])
        rng, writer = self.rng, self.writer
        number = writer.number("interactions", n)
        ids = strings("i", number)
        with_intent = np.array([bool(i) for i in INTENT_IDS])[c["intent"]]
        writer.write(
            "interactions",
            {
                "source_event_id": strings("n", number),
                "ingested_at": loads(c["end"], rng),
                "interaction_id": ids,
                "channel": coded(CHANNELS, c["channel"]),
                "direction": coded(["inbound"], np.zeros(n)),
                "started_at": times(c["at"]),
                "ended_at": times(c["end"]),
                "end_reason": coded(END_REASONS, c["fate"]),
                "trigger": coded(["customer"], np.zeros(n)),
                "locale": coded(["en"], np.zeros(n)),
                "is_test": pa.array(rng.random(n) < 0.005),
                "declared_outcome": pa.array(DECLARED[c["fate"]], pa.string()),
                "declared_at": times(c["end"]),
                "queue_id": coded([f"q_{team}" for team, _ in TEAMS], c["agent"] % len(TEAMS)),
            },
        )
        self.write_identifiers(c, ids)
        self.write_humans(c, ids)
        self.write_bot(c, ids, with_intent)
        self.write_afterwards(c, ids)
        return self.write_turns(c, ids, with_intent)

    def write_identifiers(self, c: dict[str, np.ndarray], ids: pa.Array) -> None:
        """The channel's identifier of each contact, and the account for half of them."""
        rng, n = self.rng, len(c["at"])
        kinds = ("phone", "cookie", "email", "handle")
        rows = np.concatenate([np.arange(n), np.flatnonzero(rng.random(n) < 0.45)])
        kind = np.where(np.arange(len(rows)) < n, c["channel"][rows], len(kinds))
        customer = pc.cast(pa.array(c["customer"][rows]), pa.string())
        prefix = coded([*"pkmb", "a"], kind).cast(pa.string())
        self.writer.write(
            "interaction_identifiers",
            {
                "source_event_id": strings(
                    "d", self.writer.number("interaction_identifiers", len(rows))
                ),
                "ingested_at": loads(c["at"][rows], rng),
                "interaction_id": ids.take(pa.array(rows)),
                "id_type": coded([*kinds, "account"], kind),
                "id_value": pc.binary_join_element_wise(prefix, customer, ""),
            },
        )

    def write_humans(self, c: dict[str, np.ndarray], ids: pa.Array) -> None:
        """Handoffs from bot to agent, agents' segments and suggestions."""
        rng, writer, fate = self.rng, self.writer, c["fate"]
        to_human = np.isin(fate, (SOLVED, UNSOLVED, HUNG_UP, UNCONNECTED))
        rows = np.flatnonzero(c["has_bot"] & to_human)
        is_connected = np.isin(fate[rows], (SOLVED, UNSOLVED))
        requested = c["at"][rows] + (c["pace"][rows] * 2.5).astype(np.int64)
        passed = rng.integers(0, 5, len(rows))
        status = np.where(is_connected, 0, rng.integers(1, 4, len(rows)))
        writer.write(
            "handoffs",
            {
                "source_event_id": strings("h", writer.number("handoffs", len(rows))),
                "ingested_at": loads(requested, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "from_type": coded(["bot"], np.zeros(len(rows))),
                "to_type": coded(["agent"], np.zeros(len(rows))),
                "requested_at": times(requested),
                "status": coded(["connected", "failed", "refused", "deferred"], status),
                "requested_by": coded(["bot", "customer"], rng.random(len(rows)) < 0.4),
                "connected_at": times(requested + 5, ~is_connected),
                "context_fields_expected": pa.array(np.full(len(rows), 4)),
                "context_fields_passed": pa.array(passed, mask=~is_connected),
                "is_context_used": pa.array(
                    (passed > 0) & (rng.random(len(rows)) < 0.7), mask=~is_connected
                ),
            },
        )
        rows = np.flatnonzero(np.isin(fate, (SOLVED, UNSOLVED, HUNG_UP)))
        is_answered = fate[rows] != HUNG_UP
        medians = np.array([self.effects.talk_seconds[x] for x in COMPLEXITIES])
        talk = medians[COMPLEXITY[c["intent"][rows]]] * rng.lognormal(0, 0.28, len(rows))
        agents = pa.array([f"g{number + 1}" for number in range(self.agents)])
        offered = c["at"][rows] + (c["pace"][rows] * 2.5).astype(np.int64)
        writer.write(
            "agent_segments",
            {
                "source_event_id": strings("m", writer.number("agent_segments", len(rows))),
                "ingested_at": loads(offered, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "agent_id": coded(agents, c["agent"][rows], ~is_answered),
                "offered_at": times(offered),
                "answered_at": times(offered + rng.integers(2, 120, len(rows)), ~is_answered),
                "talk_seconds": pa.array(np.round(talk), mask=~is_answered),
                "hold_seconds": pa.array(np.round(talk * 0.08), mask=~is_answered),
                "wrap_seconds": pa.array(np.full(len(rows), 45.0), mask=~is_answered),
            },
        )
        rows = np.flatnonzero(c["assisted"] & np.isin(fate, (SOLVED, UNSOLVED)))
        shown = c["at"][rows] + (c["pace"][rows] * 3).astype(np.int64)
        action = np.where(c["helps"][rows], 0, 1 + pick(rng, (0.5, 0.5), len(rows)))
        number = writer.number("suggestions", len(rows))
        writer.write(
            "suggestions",
            {
                "source_event_id": strings("g", number),
                "ingested_at": loads(shown, rng),
                "suggestion_id": strings("g", number),
                "interaction_id": ids.take(pa.array(rows)),
                "agent_id": coded(agents, c["agent"][rows]),
                "kind": coded(["reply"], np.zeros(len(rows))),
                "displayed_at": times(shown),
                "acted_at": times(shown + 5, action == 2),
                "action": coded(["accepted", "rejected", "ignored"], action),
                "arm": coded(["display"], np.zeros(len(rows))),
            },
        )

    def write_bot(self, c: dict[str, np.ndarray], ids: pa.Array, with_intent) -> None:
        """Intent predictions and guardrail events."""
        rng, writer = self.rng, self.writer
        rows = np.flatnonzero(c["has_bot"])
        right = c["recognised"][rows] & with_intent[rows]
        guess = np.where(right, c["intent"][rows], rng.integers(0, len(INTENTS), len(rows)))
        labelled = rng.random(len(rows)) < 0.4
        at = c["at"][rows] + c["pace"][rows].astype(np.int64)
        confidence = np.where(right, rng.beta(9, 2, len(rows)), rng.beta(4, 3, len(rows))).round(3)
        known = np.where(INTENT_IDS == "", "out_of_scope", INTENT_IDS)
        writer.write(
            "intent_predictions",
            {
                "source_event_id": strings("p", writer.number("intent_predictions", len(rows))),
                "ingested_at": loads(at, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "turn_number": pa.array(np.full(len(rows), 2)),
                "predicted_at": times(at),
                "intent_id": coded(INTENT_IDS, guess),
                "confidence": pa.array(confidence),
                "rank": pa.array(np.ones(len(rows), dtype=np.int32)),
                "release_id": coded([r[0] for r in RELEASES], c["release"][rows]),
                "labelled_intent_id": coded(known, c["intent"][rows], ~labelled),
                "label_source": coded(["human"], np.zeros(len(rows)), ~labelled),
            },
        )
        rows = rows[rng.random(len(rows)) < 0.016]
        blocked = rng.random(len(rows)) < 0.7
        at = c["at"][rows] + 3
        writer.write(
            "guardrail_events",
            {
                "source_event_id": strings("u", writer.number("guardrail_events", len(rows))),
                "ingested_at": loads(at, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "turn_number": pa.array(np.ones(len(rows), dtype=np.int32)),
                "occurred_at": times(at),
                "policy_id": coded(["tone", "wrong_promise"], rng.random(len(rows)) < 0.5),
                "severity": pa.array(rng.integers(2, 5, len(rows))),
                "kind": coded(["violation", "near_miss"], blocked),
                "was_blocked": pa.array(blocked),
                "was_delivered": pa.array(~blocked),
                "detector": coded(["policy_model"], np.zeros(len(rows))),
            },
        )

    def write_afterwards(self, c: dict[str, np.ndarray], ids: pa.Array) -> None:
        """Surveys, quality reviews and downstream events."""
        rng, writer, n = self.rng, self.writer, len(c["at"])
        met = np.isin(c["fate"], (BOT_SOLVED, SOLVED))
        mood = np.clip(np.round(np.where(met, 4.0, 2.2) + rng.normal(0, 0.8, n)), 1, 5)
        logit = self.effects.survey_base + self.effects.survey_slope * (mood - 3)
        rows = np.flatnonzero(rng.random(n) < self.effects.survey_offered)
        silent = rng.random(len(rows)) >= 1 / (1 + np.exp(-logit[rows]))
        writer.write(
            "surveys",
            {
                "source_event_id": strings("s", writer.number("surveys", len(rows))),
                "ingested_at": loads(c["end"][rows] + HOUR, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "offered_at": times(c["end"][rows] + 60),
                "responded_at": times(c["end"][rows] + 900, silent),
                "instrument": coded(["csat"], np.zeros(len(rows))),
                "score": pa.array(mood[rows], mask=silent),
                "scale_min": pa.array(np.full(len(rows), 1.0)),
                "scale_max": pa.array(np.full(len(rows), 5.0)),
            },
        )
        rows = np.flatnonzero(rng.random(n) < 0.15)
        human = rng.random(len(rows)) < 0.3
        judged = np.where(human | (rng.random(len(rows)) < 0.9), met[rows], ~met[rows])
        writer.write(
            "qa_reviews",
            {
                "source_event_id": strings("q", writer.number("qa_reviews", len(rows))),
                "ingested_at": loads(c["end"][rows] + 600, rng),
                "interaction_id": ids.take(pa.array(rows)),
                "criterion": coded(["resolved"], np.zeros(len(rows))),
                "reviewer_type": coded(["auto", "human"], human),
                "is_opportunity": pa.array(np.ones(len(rows), dtype=bool)),
                "passed": pa.array(judged),
                "sampling_probability": pa.array(np.where(human, 0.045, 0.105)),
                "reviewed_at": times(c["end"][rows] + 600),
            },
        )
        proves = met & (DEADLINE[c["intent"]] > 0) & (EVENT_TYPES[c["intent"]] != "")
        rows = np.flatnonzero(proves & (rng.random(n) < 0.97))
        at = c["end"][rows] + (DEADLINE[c["intent"][rows]] * rng.uniform(0.01, 0.6, len(rows)))
        at = np.minimum(at.astype(np.int64), self.clock - HOUR)
        writer.write(
            "downstream_events",
            {
                "source_event_id": strings("e", writer.number("downstream_events", len(rows))),
                "ingested_at": loads(at, rng),
                "id_type": coded(["account"], np.zeros(len(rows))),
                "id_value": strings("a", c["customer"][rows]),
                "event_type": coded(EVENT_TYPES, c["intent"][rows]),
                "occurred_at": times(at),
                "intent_id": coded(INTENT_IDS, c["intent"][rows]),
            },
        )

    def write_turns(self, c: dict[str, np.ndarray], ids: pa.Array, with_intent) -> int:
        """Turns, with duplicates and a few malformed ones; returns how many rows."""
        rng, writer = self.rng, self.writer
        row = np.repeat(np.arange(len(c["at"])), c["turns"])
        starts = np.cumsum(c["turns"]) - c["turns"]
        turn = np.arange(len(row)) - starts[row] + 1
        first = writer.rows.get("turns", 0)
        event = np.arange(first, first + len(row))
        again = np.flatnonzero(rng.random(len(row)) < DUPLICATE_SHARE)
        order = np.concatenate([np.arange(len(row)), again])
        row, turn, event = row[order], turn[order], event[order]
        n = len(row)
        has_human = np.isin(c["fate"], (SOLVED, UNSOLVED))
        is_customer = turn % 2 == 0
        is_bot = ~is_customer & c["has_bot"][row] & ((turn <= 3) | ~has_human[row])
        # Everything that a turn draws follows from its event, so that a duplicate is one.
        noise = np.random.default_rng(self.rng.integers(2**32)).random(len(turn))
        noise[len(noise) - len(again) :] = noise[again] if len(again) else []
        pace = c["pace"][row]
        at = c["at"][row] + ((turn - 1) * pace + noise * pace * 0.6).astype(np.int64) + 1
        actor = np.where(is_customer, 0, np.where(is_bot, 1, 2))
        second = (turn == 6) & (c["turns"][row] > 7) & (noise < 0.02)
        intent = np.where(second, (c["intent"][row] + 3) % len(INTENTS), c["intent"][row])
        with_name = is_customer & (with_intent[row] | second) & ((turn == 2) | second)
        cost = np.round(0.0004 + noise * 0.002, 6)
        bad = rng.random(n) < MALFORMED_SHARE
        missed = is_bot & (turn == 3) & ~c["recognised"][row]
        mood = np.round((noise - 0.5) * 1.2 + np.where(has_human[row], 0.0, 0.1), 2)
        writer.write(
            "turns",
            {
                "source_event_id": strings("", event),
                "ingested_at": loads(at, rng),
                "interaction_id": coded(ids, row),
                "turn_number": pa.array(turn),
                "actor_type": coded(ACTORS, actor),
                "actor_id": coded(["bot"], np.zeros(n), ~is_bot),
                "occurred_at": times(at),
                "intent_id": coded(INTENT_IDS, intent, ~with_name),
                "latency_ms": pa.array(np.round(400 + noise * 2200), mask=~is_bot),
                "is_clarification": pa.array(missed, mask=~is_bot),
                "is_no_match": pa.array(missed & (noise < 0.6), mask=~is_bot),
                "sentiment": pa.array(mood, mask=~is_customer),
                "required_facts": pa.array(np.full(n, 2), mask=~is_bot),
                "delivered_facts": pa.array(np.where(noise < 0.85, 2, 1), mask=~is_bot),
                "release_id": coded([r[0] for r in RELEASES], c["release"][row], ~is_bot),
                "cost_usd": pa.array(np.where(bad, -1.0, cost), mask=~is_bot & ~bad),
            },
        )
        return n

    def write_reference(self) -> None:
        """Links, segments, agents and their hours, catalogue, rates, releases."""
        writer, n = self.writer, self.customers
        customer = np.arange(n)
        long_ago = START_AT - 200 * DAY
        for kind, prefix in (("phone", "p"), ("email", "m"), ("cookie", "k"), ("handle", "b")):
            writer.write(
                "identity_links",
                {
                    "source_event_id": strings("l", writer.number("identity_links", n)),
                    "ingested_at": times(np.full(n, long_ago + DAY)),
                    "id_type_a": coded([kind], np.zeros(n)),
                    "id_value_a": strings(prefix, customer),
                    "id_type_b": coded(["account"], np.zeros(n)),
                    "id_value_b": strings("a", customer),
                    "linked_at": times(np.full(n, long_ago)),
                    "method": coded(["crm"], np.zeros(n)),
                    "confidence": pa.array(np.ones(n)),
                },
            )
        writer.write(
            "customer_segments",
            {
                "source_event_id": strings("c", customer),
                "ingested_at": times(np.full(n, long_ago + DAY)),
                "id_type": coded(["account"], np.zeros(n)),
                "id_value": strings("a", customer),
                "segment_type": coded(["plan"], np.zeros(n)),
                "segment": coded([plan for plan, _ in PLANS], self.plan),
                "lawful_basis": coded(["contract"], np.zeros(n)),
                "valid_from": times(np.full(n, long_ago)),
            },
        )
        self.write_agents(long_ago)
        references = {
            "intent_catalogue": catalogue_rows(self.weeks),
            "rate_card": rate_rows(self.weeks),
            "releases": release_rows(self.weeks),
        }
        for table, rows in references.items():
            write_rows_as_arrow(writer, table, rows)

    def write_agents(self, long_ago: int) -> None:
        """Agents and their paid time."""
        agent = np.arange(self.agents)
        agents = pa.array([f"g{number + 1}" for number in agent])
        assist = self.team_assist[agent % len(TEAMS)]
        never = ~np.isfinite(assist)
        self.writer.write(
            "agents",
            {
                "source_event_id": strings("a", agent),
                "ingested_at": times(np.full(len(agent), START_AT)),
                "agent_id": agents,
                "team": coded([team for team, _ in TEAMS], agent % len(TEAMS)),
                "hired_on": times(np.full(len(agent), long_ago)).cast(pa.date32()),
                "assist_enabled_from": times(np.where(never, 0, assist), never),
                "valid_from": times(np.full(len(agent), long_ago)),
            },
        )
        day, who = np.divmod(np.arange(self.weeks * 7 * self.agents), self.agents)
        works = (day + who) % 7 < 5
        day, who = day[works], who[works]
        self.writer.write(
            "agent_hours",
            {
                "source_event_id": strings("w", np.arange(len(day))),
                "ingested_at": times(START_AT + (day + 1) * DAY),
                "agent_id": coded(agents, who),
                "worked_on": times(START_AT + day * DAY).cast(pa.date32()),
                "paid_seconds": pa.array(np.full(len(day), 28_800.0)),
            },
        )


def write_rows_as_arrow(writer: Writer, table: str, rows: list[dict]) -> None:
    """A small table of Python rows."""
    columns = {
        "source_event_id": strings(table[0], np.arange(len(rows))),
        "ingested_at": times(np.full(len(rows), START_AT)),
    }
    for field in arrow_schema(table):
        values = [row.get(field.name) for row in rows]
        if field.name in columns or all(value is None for value in values):
            continue
        if pa.types.is_timestamp(field.type):
            values = [None if value is None else value * 1_000_000 for value in values]
            columns[field.name] = pa.array(values, pa.int64()).cast(field.type)
        else:
            columns[field.name] = pa.array(values, field.type)
    writer.write(table, columns)


def write_bulk(folder: str | Path, events: int, seed: int = 7, weeks: int = 26) -> Report:
    """Write about that many turns, and every other table, as Parquet; returns what it took."""
    began = time.perf_counter()
    bulk = Bulk(Path(folder), events, seed, weeks)
    bulk.write_reference()
    turns = conversations = 0
    while turns < events:
        per_turn = TURNS_PER_CONVERSATION * (1 + DUPLICATE_SHARE)
        wanted = min(CHUNK_CONVERSATIONS, (events - turns) / per_turn)
        contacts = bulk.chunk(max(20, round(wanted)))
        conversations += len(contacts["at"])
        turns += bulk.write_conversations(contacts)
    bulk.writer.close()
    return Report(turns, conversations, time.perf_counter() - began)
