"""Incremental runs against full refreshes: the same tables, whatever arrives when.

Worlds are made of few keys and few times, so that events collide: the same event delivered with
different content, turns before their interaction, two things at one moment, customers that a later
link merges, catalogue versions that come late, rows that are taken back. They are delivered in
batches in any order, some twice, some runs killed between two models. In the end every table is
compared with a full refresh that reads the raw rows in the opposite order: facts, marts, and what
they are made from. Metric models are views that metric_daily and metric_daily_bins sum up. dbt
compiles the SQL once; the cases run it through the database's API. Python models are off.
"""

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass

import components
import duckdb
import jinja2
import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, differing_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World
from scripts.simulate.records import RAW_COLUMNS, write_rows

STATEMENTS = sorted((PROJECT_ROOT / "macros" / "incremental").glob("*_sql.sql"))
FACTS = ["fct_journeys", "fct_contacts", "fct_interactions"]
UP_TO_FACTS = [f"+{fact}" for fact in FACTS]
RUN = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
SUMS = ["metric_daily", "metric_daily_bins"]
# Adds up what each build published: not a function of the inputs.
HISTORIES = {"metric_history"}
DATA_DEPENDENT_OPTIMIZERS = "statistics_propagation, row_group_pruner, empty_result_pullup"
DEFINITION = "one"


# --- a warehouse that is built without dbt --------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it."""

    name: str
    relation: str
    kind: str
    sql: str
    meta: dict

    @property
    def is_checked_input(self):
        """Whether its runs follow the days of ingestion."""
        return "checked_keys" in self.meta


class Killed(Exception):
    """The run ended before its time."""


class Warehouse:
    """The demo system's warehouse in memory, with its raw tables empty."""

    def __init__(self, models, raw_columns, reference):
        self.models = models
        statements = "\n".join(path.read_text() for path in STATEMENTS)
        self.sql = jinja2.Environment().from_string(statements).module
        self.columns = raw_columns
        self.con = duckdb.connect()
        self.con.execute("attach ':memory:' as ai_cx_metrics")
        self.con.execute("use ai_cx_metrics")
        self.con.execute("set threads = 1")
        self.con.execute("set TimeZone = 'UTC'")
        for schema in ("main_raw", "main_reference"):
            self.con.execute(f"create schema {schema}")
        for table, columns in raw_columns.items():
            typed = ", ".join(f"{column} varchar" for column in columns)
            self.con.execute(f"create table main_raw.raw_demo__{table} ({typed})")
        for table, rows in reference.items():
            self.con.register("reference_rows", rows)
            self.con.execute(f"create table main_reference.{table} as from reference_rows")
            self.con.unregister("reference_rows")
        # Plans are kept, so they must not rest on what the tables held when they were made.
        self.con.execute(f"set disabled_optimizers = '{DATA_DEPENDENT_OPTIMIZERS}'")
        self.con.execute("attach ':memory:' as work")
        self.plans = {}
        self.upstream = {model.name: references(model) for model in models}
        self.extents = {"facts": self.before(FACTS), "all": set(self.upstream)}
        for model in models:
            self._create(model)
        self.stale, self.filled, self.remembered = set(), set(), set()

    def before(self, names):
        """Names of the models that some are made from, themselves included."""
        found, left = set(), list(names)
        while left:
            name = left.pop()
            if name not in found and name in self.upstream:
                found.add(name)
                left += self.upstream[name]
        return found

    def empty(self):
        """Forgets every row and every table that a run has made."""
        for table in self.filled:
            self.con.execute(f"truncate main_raw.raw_demo__{table}")
            self.stale.add(f"stg_demo__{table}")
        self.filled, self.remembered = set(), set()

    def deliver(self, rows):
        """Appends raw rows: (table, {column: text})."""
        for table in {table for table, _ in rows}:
            values = ", ".join(
                "(" + ", ".join(literal(row.get(c)) for c in self.columns[table]) + ")"
                for name, row in rows
                if name == table
            )
            self.con.execute(f"insert into main_raw.raw_demo__{table} values {values}")
            self.stale.add(f"stg_demo__{table}")
            self.filled.add(table)

    def remove(self, table, source_event_id):
        """Takes back an event, as a deletion request does."""
        self.con.execute(
            f"delete from main_raw.raw_demo__{table} where source_event_id = ?", [source_event_id]
        )
        self.stale.add(f"stg_demo__{table}")

    def run(self, extent="all", killed_after=None):
        """An incremental run of some models; raises Killed after that many.

        A model is left as it is where nothing before it was built since: it would be the same.
        """
        for number, model in enumerate(self.chosen(extent)):
            if number == killed_after:
                raise Killed
            if model.name not in self.stale:
                continue
            if model.kind == "only_affected":
                self._update(model)
            elif model.kind == "connected_components":
                self._update_components(model)
            elif model.kind != "view":
                self._fill(model)
            self.stale.discard(model.name)
            self.stale |= {name for name, names in self.upstream.items() if model.name in names}

    def chosen(self, extent):
        """The models of an extent, in the order in which they are built."""
        return [model for model in self.models if model.name in self.extents[extent]]

    def refresh(self, extent="all"):
        """A full refresh from the raw rows in the opposite order."""
        for table in self.filled:
            raw = f"main_raw.raw_demo__{table}"
            self.con.execute(f"create or replace temporary table turned as from {raw}")
            self.con.execute(f"truncate {raw}")
            self.con.execute(f"insert into {raw} from turned order by rowid desc")
        for model in self.chosen(extent):
            if model.kind != "view":
                self._fill(model)

    def snapshot(self, extent="all"):
        """{name of a table: its rows}."""
        chosen = self.chosen(extent)
        return {model.name: self.rows(model) for model in chosen if model.kind != "view"}

    def _execute(self, sql):
        """Runs a statement by the plan of its first time; planning takes most of the time."""
        if sql not in self.plans:
            self.plans[sql] = f"plan_{len(self.plans)}"
            self.con.execute(f"prepare {self.plans[sql]} as {sql}")
        self.con.execute(f"execute {self.plans[sql]}")

    def _create(self, model):
        """Puts a model into place, once: a new table would make every plan anew."""
        if model.kind == "connected_components":
            self._resolve(model)
            self.con.execute(f"create table {model.relation} as from work.components limit 0")
            return
        kind = "view" if model.kind == "view" else "table"
        self.con.execute(f"create {kind} {model.relation} as {model.sql}")
        if model.kind == "only_affected":
            states, key, memory, affected = self._names(model)
            remembered = self.sql.affected_memory_sql(states, key, DEFINITION)
            self.con.execute(f"create table {memory} as {remembered}")
            self.con.execute(
                f"create table {affected} as {self.sql.affected_keys_sql(states, key, memory)}"
            )
        if model.is_checked_input:
            for relation, sql, _ in self._checked_steps(model):
                self.con.execute(f"create table if not exists {relation} as {sql}")

    def _fill(self, model):
        """Makes all rows of a table anew."""
        self._execute(f"truncate {model.relation}")
        if model.kind == "connected_components":
            self._resolve(model)
            self.con.execute(f"insert into {model.relation} by name from work.components")
        else:
            self._execute(f"insert into {model.relation} by name {model.sql}")

    def _resolve(self, model):
        """The components of a model's edges, into a table beside the warehouse."""
        columns = model.meta["node_column"], model.meta["component_column"]
        components.resolve_model(self.con, model.sql, "work.components", *columns)

    def _update_components(self, model):
        """The statements of components_update()."""
        memory = "work.edges"
        if model.name not in self.remembered:
            self._fill(model)
            components.remember_edges(self.con, model.sql, memory)
            self.remembered.add(model.name)
            return
        columns = [model.meta["node_column"], model.meta["component_column"]]
        # Beside the warehouse, as the memory is: one transaction writes to one database.
        self.con.execute(f"create or replace table work.components as from {model.relation}")
        components.update_model(self.con, model.sql, "work.components", memory, columns)
        self._execute(f"truncate {model.relation}")
        self._execute(f"insert into {model.relation} by name from work.components")

    def _update(self, model):
        """The statements of the materialization only_affected."""
        sql = self.sql
        states, key, memory, affected = self._names(model)
        if model.name not in self.remembered:
            self._fill(model)
            self._execute(f"truncate {memory}")
            remembered = sql.affected_memory_sql(states, key, DEFINITION)
            self._execute(f"insert into {memory} by name {remembered}")
            self.remembered.add(model.name)
            return
        if model.is_checked_input:
            states = work(model, "states")
            delete, insert = self._prepare_checked(model)
        else:
            self._execute(f"truncate {affected}")
            self._execute(f"insert into {affected} {sql.affected_keys_sql(states, key, memory)}")
            delete = sql.affected_delete_sql(model.relation, key, affected)
            insert = sql.affected_insert_sql(
                model.relation, sql.affected_narrowed_sql(model.sql, affected)
            )
        # One transaction writes to one database: the work relations are filled before it.
        self.con.execute("begin")
        self._execute(delete)
        self._execute(insert)
        self._execute(sql.affected_delete_sql(memory, "affected_key", affected))
        self._execute(sql.affected_remember_sql(states, key, memory, affected, DEFINITION))
        self.con.execute("commit")

    def _prepare_checked(self, model):
        """Fills the work relations of checked_update(); its statements that write the target."""
        for relation, sql, is_added in self._checked_steps(model):
            if not is_added:
                self._execute(f"truncate {relation}")
            self._execute(f"insert into {relation} {sql}")
        touched, affected, kept = (work(model, name) for name in ("touched", "affected", "kept"))
        narrowed = self.sql.checked_narrowed_sql(model.sql, affected, kept)
        return (
            self.sql.checked_delete_sql(model.relation, touched),
            self.sql.affected_insert_sql(model.relation, narrowed),
        )

    def _checked_steps(self, model):
        """(work relation, the rows it gets, whether they are added to those it has) in order."""
        sql, target = self.sql, model.relation
        _, _, memory, affected = self._names(model)
        states, touched, meeting, kept = (
            work(model, name) for name in ("states", "touched", "meeting", "kept")
        )
        event, own, has_parent = model.meta["checked_keys"].values()
        parents = "ai_cx_metrics.main.int_interactions_accepted" if has_parent else None
        met = sql.checked_meeting_sql(target, model.sql, affected, touched, event, own)
        again = sql.checked_meeting_again_sql(target, touched, event, own)
        yield states, sql.checked_states_sql(model.sql), False
        yield affected, sql.affected_keys_sql(states, "load_day", memory), False
        yield touched, sql.checked_touched_sql(target, affected, parents, own), False
        yield meeting, met, False
        rivals = sql.checked_competing_sql(target, touched, meeting, event, own, True)
        yield touched, rivals, True
        if own:
            yield meeting, again, True
            rivals = sql.checked_competing_sql(target, touched, meeting, own, own, False)
            yield touched, rivals, True
        yield kept, sql.checked_kept_sql(target, touched), False

    def _names(self, model):
        """The states, the key, the memory and the affected keys of an incremental model."""
        return (
            f"({self.sql.checked_states_sql(model.sql)})"
            if model.is_checked_input
            else f"ai_cx_metrics.main.{model.meta['affected_states']}",
            model.meta["affected_key"],
            f"ai_cx_metrics.main.{model.name}__fingerprints",
            work(model, "affected"),
        )

    def rows(self, model):
        """The rows of a model and how often each occurs; doubles to nine digits.

        A sum of doubles depends on the order of its terms in the last digits, in any two runs.
        """
        fetched = self.con.execute(f"select * from {model.relation}").fetchall()
        return Counter(tuple(rounded(value) for value in row) for row in fetched)


def work(model, name):
    """A work relation of a model's run."""
    return f"work.{model.name}__{name}"


def literal(value):
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def rounded(value):
    return f"{value:.9g}" if isinstance(value, float) else value


@pytest.fixture(scope="module")
def warehouse(dbt, demo_database, tmp_path_factory):
    """A warehouse of every SQL model, as dbt compiles them against the demo's seeds."""
    database = tmp_path_factory.mktemp("incremental") / DATABASE_FILE
    shutil.copyfile(demo_database, database)
    run = dbt(
        *("compile", "-s", "resource_type:model", "--indirect-selection", "empty"),
        database=database,
        vars={"cx_incremental": True, "cx_python_models": False},
    )
    compiled = [result.node for result in run.results if result.node.resource_type == "model"]
    nodes = [node for node in compiled if node.name not in HISTORIES]
    assert {node.language for node in nodes} == {"sql"}
    models = [
        Model(node.name, node.relation_name, node.config.materialized, node.compiled_code,
              node.config.meta)
        for node in nodes
    ]  # fmt: skip
    raw, reference = {}, {}
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name like 'main_r%'"
        ).fetchall()
        for schema, table in tables:
            rows = con.execute(f"select * from {schema}.{table}").to_arrow_table()
            if schema == "main_raw":
                raw[table.removeprefix("raw_demo__")] = rows.column_names
            else:
                reference[table] = rows
    return Warehouse(models, raw, reference)


def references(model):
    """Names of the models that a model reads."""
    names = set(re.findall(r'"ai_cx_metrics"\."main"\."(\w+)"', model.sql))
    return names | {model.meta[key] for key in model.meta if key == "affected_states"}


# --- worlds ---------------------------------------------------------------------------------------

TIMES = [f"2026-01-{day:02d} {hour:02d}:00:00" for day in (1, 2, 5, 9, 20, 31) for hour in (8, 9)]
INGESTED = ["2026-02-01 00:00:00", "2026-02-02 00:00:00"]
INTENTS = ["pay", "refund", "move", "odd", None]
PERSONS = [("account", "a1"), ("account", "a2"), ("cookie", "c1"), ("cookie", "c2"), ("phone", "p")]

times = st.sampled_from(TIMES)
interaction_ids = st.sampled_from(["i1", "i2", "i3", "i4", "i5"])
agent_ids = st.sampled_from([None, "g1", "g2"])
flags = st.sampled_from([None, None, "true"])


def row(table, **columns):
    """A raw row of a table whose event ids are few, so that some are delivered differently."""
    fields = {
        "source_event_id": st.integers(1, 12).map(str),
        "ingested_at": st.sampled_from(INGESTED),
        **columns,
    }
    return st.tuples(st.just(table), st.fixed_dictionaries(fields))


identifier = st.sampled_from(PERSONS)


def with_identifier(table, suffixes=("",), **columns):
    """The same with customer identifiers in the columns id_type and id_value."""

    def spread(drawn):
        table, fields = drawn
        for suffix in suffixes:
            fields[f"id_type{suffix}"], fields[f"id_value{suffix}"] = fields.pop(f"id{suffix}")
        return table, fields

    named = {f"id{suffix}": identifier for suffix in suffixes}
    return row(table, **named, **columns).map(spread)


interactions = row(
    "interactions",
    interaction_id=interaction_ids,
    channel=st.sampled_from(["chat", "voice", "fax"]),
    direction=st.sampled_from(["inbound", "inbound", "outbound"]),
    started_at=times,
    end_reason=st.sampled_from([None, "completed", "customer_left", "max_turns", "transferred"]),
    declared_outcome=st.sampled_from([None, "resolved", "escalated", "abandoned"]),
    is_test=st.sampled_from([None, None, None, "true"]),
)
turns = row(
    "turns",
    source_event_id=st.integers(1, 60).map(str),
    interaction_id=interaction_ids,
    turn_number=st.integers(1, 4).map(str),
    actor_type=st.sampled_from(["customer", "customer", "bot", "agent", "nobody"]),
    occurred_at=times,
    intent_id=st.sampled_from(INTENTS),
    is_no_match=flags,
    is_repeat=flags,
    sentiment=st.sampled_from([None, "-0.5", "0.25"]),
    release_id=st.sampled_from([None, "v1", "v2"]),
    cost_usd=st.sampled_from([None, "0.1", "0.3"]),
    input_tokens=st.sampled_from([None, "100"]),
)
handoffs = row(
    "handoffs",
    interaction_id=interaction_ids,
    from_type=st.just("bot"),
    to_type=st.sampled_from(["agent", "bot"]),
    requested_at=times,
    status=st.sampled_from(["connected", "failed", "deferred", "refused"]),
    requested_by=st.sampled_from(["customer", "bot"]),
    is_context_used=flags,
)
suggestions = row(
    "suggestions",
    suggestion_id=st.sampled_from(["s1", "s2"]),
    interaction_id=interaction_ids,
    displayed_at=times,
    action=st.sampled_from(["accepted", "ignored"]),
    agent_id=agent_ids,
)
agent_segments = row(
    "agent_segments",
    interaction_id=interaction_ids,
    agent_id=agent_ids,
    offered_at=st.just("2026-01-01 08:00:00"),
    answered_at=st.sampled_from([None, "2026-01-02 08:00:00"]),
    talk_seconds=st.sampled_from([None, "60", "100.1"]),
)
qa_reviews = row(
    "qa_reviews",
    interaction_id=interaction_ids,
    criterion=st.sampled_from(["resolved", "resolved", "safety"]),
    reviewer_type=st.sampled_from(["human", "auto"]),
    sampling_probability=st.sampled_from([None, "0.5"]),
    passed=st.sampled_from(["true", "false"]),
    reviewed_at=times,
)
surveys = row(
    "surveys",
    interaction_id=interaction_ids,
    offered_at=st.just("2026-01-01 08:00:00"),
    responded_at=times,
    instrument=st.sampled_from(["resolution", "resolution", "csat", "ces"]),
    score=st.sampled_from(["0", "1"]),
    scale_min=st.just("0"),
    scale_max=st.just("1"),
)
catalogue = row(
    "intent_catalogue",
    intent_id=st.sampled_from(["pay", "refund", "move", "no_intent"]),
    intent_family=st.sampled_from(["billing", "home"]),
    is_automatable=st.sampled_from(["true", "false"]),
    risk_tier=st.sampled_from(["low", "high"]),
    complexity=st.just("simple"),
    valid_from=st.sampled_from(["2025-01-01 00:00:00", "2026-01-02 08:30:00"]),
    journey_window_days=st.sampled_from([None, "0.5", "4"]),
    confirming_event_type=st.sampled_from([None, "payment_received"]),
    confirmation_deadline_hours=st.sampled_from([None, "24"]),
    value_usd=st.sampled_from([None, "10"]),
)
rates = row(
    "rate_card",
    item=st.sampled_from(["agent_minute", "input_token", "bot_licence_interaction"]),
    unit_price_usd=st.sampled_from(["0.7", "1.5"]),
    valid_from=st.sampled_from(["2025-01-01 00:00:00", "2026-01-02 08:30:00"]),
)
identifiers = with_identifier("interaction_identifiers", interaction_id=interaction_ids)
downstream = with_identifier(
    "downstream_events",
    event_type=st.sampled_from(["payment_received", "reversal"]),
    occurred_at=times,
    intent_id=st.sampled_from([None, "pay"]),
    reverses_event_id=st.sampled_from([None, None, "1", "2", "3"]),
)
links = with_identifier("identity_links", suffixes=("_a", "_b"), linked_at=times)
segments = with_identifier(
    "customer_segments",
    segment_type=st.just("plan"),
    segment=st.sampled_from(["basic", "plus"]),
    valid_from=st.sampled_from(["2025-01-01 00:00:00", "2026-01-05 00:00:00"]),
)
offers = row(
    "offers",
    offer_id=st.sampled_from(["o1", "o2"]),
    interaction_id=interaction_ids,
    kind=st.sampled_from(["upsell", "channel_shift"]),
    target_channel=st.sampled_from([None, "chat"]),
    presented_at=times,
    accepted_at=st.none() | times,
    amount_usd=st.sampled_from([None, "15"]),
)
guardrail_events = row(
    "guardrail_events",
    interaction_id=interaction_ids,
    turn_number=st.integers(1, 4).map(str),
    occurred_at=times,
    policy_id=st.just("pii_leak"),
    severity=st.sampled_from(["1", "4"]),
    kind=st.sampled_from(["violation", "near_miss"]),
    was_blocked=flags,
    was_delivered=flags,
)
intent_predictions = row(
    "intent_predictions",
    interaction_id=interaction_ids,
    turn_number=st.integers(1, 4).map(str),
    predicted_at=times,
    intent_id=st.sampled_from(INTENTS),
    confidence=st.sampled_from(["0.3", "0.9"]),
    rank=st.sampled_from(["1", "1", "2"]),
    release_id=st.sampled_from(["v1", "v2"]),
    labelled_intent_id=st.sampled_from(INTENTS),
    label_source=st.just("human"),
)
releases = row(
    "releases",
    release_id=st.sampled_from(["v1", "v2"]),
    model=st.sampled_from(["small", "large"]),
    deployed_at=times,
)
agents = row(
    "agents",
    agent_id=st.sampled_from(["g1", "g2"]),
    team=st.sampled_from(["red", "blue"]),
    hired_on=st.just("2025-01-01"),
    assist_enabled_from=st.sampled_from([None, "2026-01-02"]),
    valid_from=st.sampled_from(["2025-01-01 00:00:00", "2026-01-05 00:00:00"]),
)
agent_hours = row(
    "agent_hours",
    agent_id=st.sampled_from(["g1", "g2"]),
    worked_on=st.sampled_from(["2026-01-01", "2026-01-02"]),
    paid_seconds=st.sampled_from(["3600", "7200"]),
)

BATCHES = 2
# What journeys are made of is there already (`usuals`): half of the rows change how it is read.
other_rows = st.one_of(
    handoffs, suggestions, agent_segments, qa_reviews, surveys, surveys, catalogue, catalogue,
    rates, downstream, downstream, links, segments, offers, guardrail_events, intent_predictions,
    releases, agents, agent_hours,
)  # fmt: skip
rows = st.one_of(interactions, turns, turns, identifiers, other_rows, other_rows, other_rows)
# Most rows come first: what the second batch leaves alone must age and merge all the same.
batches = st.sampled_from([[0], [0], [0], [0], [0], [0], [1], [0, 1]])
surprises = st.lists(st.tuples(rows, batches), max_size=20)


def usual(person, number):
    """The rows of an ordinary interaction of a person, each in a batch of its own."""
    interaction_id = f"i{number}"
    id_type, id_value = person
    rows = [
        ("interactions", {"channel": "chat", "direction": "inbound", "started_at": TIMES[number]}),
        ("interaction_identifiers", {"id_type": id_type, "id_value": id_value}),
        *[
            (
                "turns",
                {
                    "turn_number": turn,
                    "actor_type": ("customer", "bot")[turn % 2],
                    "occurred_at": TIMES[number + turn],
                    "intent_id": INTENTS[(number + turn) % 4],
                },
            )
            for turn in (0, 1, 2)
        ],
    ]
    common = {"interaction_id": interaction_id, "ingested_at": INGESTED[0]}
    return [
        (table, {"source_event_id": f"u{number}-{index}", **common, **columns})
        for index, (table, columns) in enumerate(rows)
    ]


usuals = st.tuples(*[identifier] * 4, *[batches] * 20).map(
    lambda drawn: list(
        zip(
            [row for number in range(4) for row in usual(drawn[number], number + 1)],
            drawn[4:],
            strict=True,
        )
    )
)
versions = st.lists(st.tuples(catalogue, batches), min_size=1, max_size=4)

# A stranger whose interaction moves the data's clock for everybody else.
STRANGER = {
    "source_event_id": "z",
    "ingested_at": INGESTED[0],
    "interaction_id": "z",
    "channel": "chat",
    "direction": "inbound",
    "started_at": TIMES[-1],
}
strangers = st.sampled_from([[], [(("interactions", STRANGER), [1])]])
deliveries = st.tuples(usuals, versions, surprises, strangers).map(
    lambda parts: [delivery for part in parts for delivery in part]
)
removals = st.lists(
    st.tuples(st.sampled_from(["interactions", "turns", "identity_links"]), st.integers(1, 12)),
    max_size=2,
)
kills = st.tuples(*[st.none() | st.integers(30, 200)] * BATCHES)


# --- the claim ------------------------------------------------------------------------------------


def check_batching(warehouse, delivered, removed, killed, is_rerun):
    """Delivers in batches and runs after each; then every table has to equal a full refresh."""
    warehouse.empty()
    for batch in range(BATCHES):
        warehouse.deliver([row for row, batches in delivered if batch in batches])
        is_last = batch == BATCHES - 1
        if is_last:
            for table, source_event_id in removed:
                warehouse.remove(table, str(source_event_id))
        # What follows the facts is full tables: only those of the last run are left to compare.
        until = "all" if is_last else "facts"
        if killed[batch] is not None:
            kill(warehouse, until, killed[batch])
        if killed[batch] is None or is_last:
            warehouse.run(until)
    if is_rerun:
        warehouse.stale = set(warehouse.upstream)
        warehouse.run()
    incremental = warehouse.snapshot()
    warehouse.refresh()
    full = warehouse.snapshot()
    for name, rows in full.items():
        assert incremental[name] == rows, name


def kill(warehouse, extent, position):
    """Ends a run after some of its models."""
    with pytest.raises(Killed):
        warehouse.run(extent, killed_after=position % len(warehouse.chosen(extent)))


quietly = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
    "derandomize": True,
}
worlds = given(
    delivered=deliveries,
    removed=removals,
    killed=kills,
    is_rerun=st.sampled_from([False, False, False, True]),
)


BASE = [
    *usual(("account", "a1"), 1),
    *usual(("cookie", "c1"), 2),
    ("intent_catalogue", {"source_event_id": "k", "ingested_at": INGESTED[0],
                          "intent_id": "move", "intent_family": "home", "is_automatable": "true",
                          "risk_tier": "low", "complexity": "simple",
                          "valid_from": "2025-01-01 00:00:00",
                          "confirming_event_type": "payment_received",
                          "confirmation_deadline_hours": "24"}),
    ("rate_card", {"source_event_id": "r", "ingested_at": INGESTED[0], "item": "agent_minute",
                   "unit_price_usd": "0.7", "valid_from": "2025-01-01 00:00:00"}),
    ("agent_segments", {"source_event_id": "g", "ingested_at": INGESTED[0], "interaction_id": "i1",
                        "offered_at": TIMES[1], "answered_at": TIMES[1], "talk_seconds": "60"}),
    ("downstream_events", {"source_event_id": "d", "ingested_at": INGESTED[0], "id_type": "phone",
                           "id_value": "p", "event_type": "churn", "occurred_at": TIMES[-1]}),
]  # fmt: skip
# One row that comes late: (a table that it must change, its own table, its columns).
LATE = [
    ("fct_journeys", "interaction_identifiers", {
        "interaction_id": "i1", "id_type": "cookie", "id_value": "c1"}),
    ("fct_contacts", "turns", {
        "interaction_id": "i1", "turn_number": "9", "actor_type": "bot", "occurred_at": TIMES[5]}),
    ("fct_contacts", "handoffs", {
        "interaction_id": "i1", "from_type": "bot", "to_type": "agent", "requested_at": TIMES[3],
        "status": "connected"}),
    ("fct_contacts", "suggestions", {
        "suggestion_id": "s", "interaction_id": "i1", "displayed_at": TIMES[1],
        "action": "accepted"}),
    ("fct_contacts", "agent_segments", {
        "interaction_id": "i1", "offered_at": TIMES[2], "answered_at": TIMES[2],
        "talk_seconds": "7"}),
    ("fct_journeys", "qa_reviews", {
        "interaction_id": "i2", "criterion": "resolved", "reviewer_type": "human",
        "passed": "true", "reviewed_at": TIMES[6]}),
    ("fct_journeys", "surveys", {
        "interaction_id": "i2", "offered_at": TIMES[5], "responded_at": TIMES[6],
        "instrument": "resolution", "score": "1", "scale_min": "0", "scale_max": "1"}),
    ("fct_journeys", "downstream_events", {
        "id_type": "account", "id_value": "a1", "occurred_at": TIMES[3],
        "event_type": "payment_received"}),
    ("fct_journeys", "identity_links", {
        "id_type_a": "account", "id_value_a": "a1", "id_type_b": "cookie", "id_value_b": "c1",
        "linked_at": TIMES[-1]}),
    ("fct_journeys", "customer_segments", {
        "id_type": "account", "id_value": "a1", "segment_type": "plan", "segment": "plus",
        "valid_from": "2025-01-01 00:00:00"}),
    ("fct_contacts", "rate_card", {
        "item": "agent_minute", "unit_price_usd": "1.5", "valid_from": "2025-06-01 00:00:00"}),
    ("fct_journeys", "intent_catalogue", {
        "intent_id": "move", "intent_family": "home", "is_automatable": "true",
        "risk_tier": "high", "complexity": "simple", "valid_from": "2025-06-01 00:00:00"}),
    ("metric_daily", "guardrail_events", {
        "interaction_id": "i1", "turn_number": "1", "occurred_at": TIMES[2], "severity": "1",
        "policy_id": "pii_leak", "kind": "violation", "was_blocked": "false",
        "was_delivered": "true"}),
    ("metric_daily", "offers", {
        "offer_id": "o", "interaction_id": "i1", "kind": "upsell", "presented_at": TIMES[2]}),
    ("metric_daily", "intent_predictions", {
        "interaction_id": "i1", "turn_number": "0", "predicted_at": TIMES[1], "intent_id": "pay",
        "confidence": "0.9", "rank": "1", "labelled_intent_id": "pay", "label_source": "human"}),
    ("dim_releases", "releases", {
        "release_id": "v1", "model": "small", "deployed_at": TIMES[0]}),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "table", "columns"), LATE, ids=[late[1] for late in LATE])
def test_one_late_row_of_each_input_reaches_the_marts(warehouse, changed, table, columns):
    warehouse.extents["late"] = warehouse.before([*FACTS, changed])
    warehouse.empty()
    warehouse.deliver(BASE)
    warehouse.run("late")
    before_it = warehouse.snapshot("late")
    late = {"source_event_id": "late", "ingested_at": INGESTED[0], **columns}
    warehouse.deliver([(table, late)])
    warehouse.run("late")
    incremental = warehouse.snapshot("late")
    warehouse.refresh("late")
    full = warehouse.snapshot("late")
    assert full[changed] != before_it[changed], "the row is not about anything"
    for name, rows in full.items():
        assert incremental[name] == rows, name


def test_every_mart_is_compared(warehouse):
    """Each is a table of the warehouse, or a metric's view that the sums by day are made from."""
    paths = (PROJECT_ROOT / "models" / "marts").glob("*/*.sql")
    marts = {path.stem for path in paths if not path.stem.startswith("int_")} - HISTORIES
    tables = set(warehouse.snapshot())
    assert len(marts & tables) > 50
    assert marts - tables == {name for name in warehouse.before(SUMS) & marts if name not in tables}
    assert {name.split("_")[0] for name in marts - tables} == {"metric"}


@settings(max_examples=5, **quietly)
@worlds
def test_any_batching_equals_a_full_refresh(warehouse, delivered, removed, killed, is_rerun):
    check_batching(warehouse, delivered, removed, killed, is_rerun)


@pytest.mark.slow
@settings(max_examples=220, **quietly)
@worlds
def test_any_batching_of_more_worlds(warehouse, delivered, removed, killed, is_rerun):
    check_batching(warehouse, delivered, removed, killed, is_rerun)


@pytest.mark.validate
@settings(max_examples=3000, **quietly | {"derandomize": False})
@worlds
def test_any_batching_of_many_worlds(warehouse, delivered, removed, killed, is_rerun):
    check_batching(warehouse, delivered, removed, killed, is_rerun)


# --- through dbt itself ---------------------------------------------------------------------------


def write_days(world, folder, share):
    """A world's raw files with the share of its rows that arrived first, and some of the last."""
    for table, rows in world.raw[0].items():
        rows = sorted(rows, key=lambda row: row["ingested_at"])
        kept = rows[: int(len(rows) * share)] + rows[int(len(rows) * share) :: 7]
        write_rows(folder / f"raw_demo__{table}.csv", RAW_COLUMNS[table], kept)


@pytest.mark.slow
def test_dbt_runs_day_by_day_as_one_full_refresh(dbt, tmp_path):
    """Two days, a run that stops half-way, a run again; the second day affects some customers."""
    folder, daily, once = tmp_path / "raw", tmp_path / "daily", tmp_path / "once"
    folder.mkdir()
    world = World(seed=3, weeks=6, customers=250, with_stories=False)
    given = {"cx_demo_path": str(folder), "cx_incremental": True}
    database = daily / DATABASE_FILE

    write_days(world, folder, 0.9)
    dbt(*RUN, "-s", *UP_TO_FACTS, database=database, vars=given)
    write_days(world, folder, 1)
    dbt(*RUN, "-s", "+int_contacts", database=database, vars=given)
    for _ in range(2):
        run = dbt(*RUN, "-s", *UP_TO_FACTS, "+metric_daily", database=database, vars=given)
    assert "warn" not in {status.lower() for status in run.statuses().values()}

    given["cx_incremental"] = False
    dbt(*RUN, "-s", *UP_TO_FACTS, "+metric_daily", database=once / DATABASE_FILE, vars=given)
    with duckdb.connect(str(database)) as con:
        con.execute(f"attach '{once / DATABASE_FILE}' as once")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'once'"
            " and schema_name = 'main'"
        ).fetchall()
        assert {("fct_journeys",), ("metric_daily",)} <= set(tables)
        assert con.execute("select count(*) from fct_journeys").fetchone()[0] > 50
        for (table,) in tables:
            assert differing_rows(con, f"main.{table}", f"once.main.{table}") == 0, table

    dbt("run", "-s", "fct_contacts", database=database, vars=given)
    with duckdb.connect(str(database)) as con:
        memories = con.execute(
            "select table_name from duckdb_tables() where table_name like '%fingerprints'"
        ).fetchall()
    assert ("fct_journeys__fingerprints",) in memories
    assert ("fct_contacts__fingerprints",) not in memories, "a memory that nobody keeps up"
