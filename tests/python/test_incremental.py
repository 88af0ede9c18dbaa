"""Incremental runs against full refreshes: the same tables, whatever arrives when.

Worlds are made of few keys and few times, so that events collide: the same event delivered with
different content, turns before their interaction, two things at one moment, customers that a later
link merges, catalogue versions that come late, rows that are taken back. They are delivered in
batches in any order, some twice, some runs killed between two models. dbt compiles the SQL once;
the cases run it through the database's API.
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass

import components
import duckdb
import jinja2
import pytest
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(PROJECT_ROOT))

from scripts.simulate import World
from scripts.simulate.records import RAW_COLUMNS, write_rows

STATEMENTS = PROJECT_ROOT / "macros" / "incremental" / "affected_sql.sql"
FACTS = ["+fct_journeys", "+fct_contacts", "+fct_interactions"]
RUN = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
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


class Killed(Exception):
    """The run ended before its time."""


class Warehouse:
    """The demo system's warehouse in memory, with its raw tables empty."""

    def __init__(self, models, raw_columns, reference):
        self.models = models
        self.sql = jinja2.Environment().from_string(STATEMENTS.read_text()).module
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
        self.upstream = {model.name: references(model) for model in models}
        for model in models:
            self._create(model)
        self.stale, self.filled = set(), set()

    def empty(self):
        """Forgets every row and every table that a run has made."""
        for table in self.filled:
            self.con.execute(f"truncate main_raw.raw_demo__{table}")
            self.stale.add(f"stg_demo__{table}")
        self.filled = set()
        for model in self.models:
            if model.kind == "only_affected":
                self.con.execute(f"drop table if exists {memory_of(model)}")

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

    def run(self, killed_after=None):
        """An incremental run; raises Killed after that many models.

        A model is left as it is where nothing before it was built since: it would be the same.
        """
        for number, model in enumerate(self.models):
            if number == killed_after:
                raise Killed
            if model.name not in self.stale:
                continue
            if model.kind == "only_affected":
                self._update(model)
            elif model.kind != "view":
                self._create(model)
            self.stale.discard(model.name)
            self.stale |= {name for name, names in self.upstream.items() if model.name in names}

    def refresh(self):
        """A full refresh of all that is made from the checked inputs.

        Those are full tables in any run, made by the same statements from the same raw rows.
        """
        for model in self.models:
            if model.kind != "view" and not model.name.endswith("_checked"):
                self._create(model)

    def snapshot(self):
        """{name of a table that refresh() makes: its rows}."""
        return {
            model.name: self.rows(model)
            for model in self.models
            if model.kind != "view" and not model.name.endswith("_checked")
        }

    def _create(self, model):
        if model.kind == "connected_components":
            components.resolve_model(
                self.con,
                model.sql,
                model.relation,
                model.meta["node_column"],
                model.meta["component_column"],
            )
            return
        kind = "view" if model.kind == "view" else "table"
        self.con.execute(f"create or replace {kind} {model.relation} as {model.sql}")

    def _update(self, model):
        """The statements of the materialization only_affected."""
        con, sql, memory = self.con, self.sql, memory_of(model)
        states = f"ai_cx_metrics.main.{model.meta['affected_states']}"
        key = model.meta["affected_key"]
        remembered = con.execute(
            "select 1 from duckdb_tables() where table_name = ?", [f"{model.name}__fingerprints"]
        ).fetchone()
        if remembered is None:
            self._create(model)
            memory_sql = sql.affected_memory_sql(states, key, DEFINITION)
            con.execute(f"create table {memory} as {memory_sql}")
            return
        keys = sql.affected_keys_sql(states, key, memory)
        con.execute(f"create or replace temporary table affected as {keys}")
        con.execute("begin")
        con.execute(sql.affected_delete_sql(model.relation, key, "affected"))
        narrowed = sql.affected_narrowed_sql(model.sql, "affected")
        con.execute(sql.affected_insert_sql(model.relation, narrowed))
        con.execute(sql.affected_delete_sql(memory, "affected_key", "affected"))
        con.execute(sql.affected_remember_sql(states, key, memory, "affected", DEFINITION))
        con.execute("commit")

    def rows(self, model):
        """The rows of a model and how often each occurs; doubles to nine digits.

        A sum of doubles depends on the order of its terms in the last digits, in any two runs.
        """
        fetched = self.con.execute(f"select * from {model.relation}").fetchall()
        return Counter(tuple(rounded(value) for value in row) for row in fetched)


def memory_of(model):
    return f"ai_cx_metrics.main.{model.name}__fingerprints"


def literal(value):
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def rounded(value):
    return f"{value:.9g}" if isinstance(value, float) else value


@pytest.fixture(scope="module")
def compiled(dbt, tmp_path_factory):
    """What dbt compiled, the columns of the raw tables, and the reference seeds."""
    database = tmp_path_factory.mktemp("incremental") / DATABASE_FILE
    run = dbt(*RUN, "-s", *FACTS, database=database, vars={"cx_incremental": True})
    models = []
    for result in run.results:
        node = result.node
        if node.resource_type == "model":
            kind = node.config.materialized
            models.append(
                Model(node.name, node.relation_name, kind, node.compiled_code, node.config.meta)
            )
    raw, reference = {}, {}
    with duckdb.connect(str(database)) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name like 'main_r%'"
        ).fetchall()
        for schema, table in tables:
            rows = con.execute(f"select * from {schema}.{table}").to_arrow_table()
            if schema == "main_raw":
                raw[table.removeprefix("raw_demo__")] = rows.column_names
            else:
                reference[table] = rows
    return models, raw, reference


@pytest.fixture(scope="module")
def warehouse(compiled):
    """A warehouse up to the facts."""
    models, raw, reference = compiled
    known = {model.name: model for model in models}
    wanted = before(known, ["fct_journeys", "fct_contacts", "fct_interactions"])
    return Warehouse([model for model in models if model.name in wanted], raw, reference)


def before(known, names):
    """Names of the models that some are made from, themselves included."""
    wanted, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in wanted and name in known:
            wanted.add(name)
            left += references(known[name])
    return wanted


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
)
agent_segments = row(
    "agent_segments",
    interaction_id=interaction_ids,
    offered_at=st.just("2026-01-01 08:00:00"),
    answered_at=st.sampled_from([None, "2026-01-02 08:00:00"]),
    talk_seconds=st.sampled_from([None, "60", "100.1"]),
)
qa_reviews = row(
    "qa_reviews",
    interaction_id=interaction_ids,
    criterion=st.just("resolved"),
    reviewer_type=st.sampled_from(["human", "auto"]),
    passed=st.sampled_from(["true", "false"]),
    reviewed_at=times,
)
surveys = row(
    "surveys",
    interaction_id=interaction_ids,
    offered_at=st.just("2026-01-01 08:00:00"),
    responded_at=times,
    instrument=st.just("resolution"),
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

BATCHES = 2
# Four of five rows are what journeys are made of, the others what changes how they are read.
rows = st.one_of(
    interactions,
    turns,
    turns,
    turns,
    identifiers,
    st.one_of(
        handoffs, suggestions, agent_segments, qa_reviews, surveys, catalogue, catalogue, rates,
        downstream, downstream, links, segments,
    ),
)  # fmt: skip
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
kills = st.tuples(*[st.none() | st.integers(20, 76)] * BATCHES)


# --- the claim ------------------------------------------------------------------------------------


def check_batching(warehouse, delivered, removed, killed, is_rerun):
    """Delivers in batches and runs after each; then every model has to equal a full refresh."""
    warehouse.empty()
    for batch in range(BATCHES):
        warehouse.deliver([row for row, batches in delivered if batch in batches])
        if batch == BATCHES - 1:
            for table, source_event_id in removed:
                warehouse.remove(table, str(source_event_id))
        if killed[batch] is not None:
            kill(warehouse, killed[batch])
        if killed[batch] is None or batch == BATCHES - 1:
            warehouse.run()
    if is_rerun:
        warehouse.stale = {model.name for model in warehouse.models}
        warehouse.run()
    incremental = warehouse.snapshot()
    warehouse.refresh()
    full = warehouse.snapshot()
    for name, rows in full.items():
        assert incremental[name] == rows, name


def kill(warehouse, position):
    """Ends a run after some of its models."""
    with pytest.raises(Killed):
        warehouse.run(killed_after=position % len(warehouse.models))


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
    is_rerun=st.sampled_from([False, False, True]),
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
# One row that comes late and must change the facts: (table, what differs from an empty row).
LATE = [
    ("interaction_identifiers", {"interaction_id": "i1", "id_type": "cookie", "id_value": "c1"}),
    ("turns", {"interaction_id": "i1", "turn_number": "9", "actor_type": "bot",
               "occurred_at": TIMES[5]}),
    ("handoffs", {"interaction_id": "i1", "from_type": "bot", "to_type": "agent",
                  "requested_at": TIMES[3], "status": "connected"}),
    ("agent_segments", {"interaction_id": "i1", "offered_at": TIMES[2], "answered_at": TIMES[2],
                        "talk_seconds": "7"}),
    ("qa_reviews", {"interaction_id": "i2", "criterion": "resolved", "reviewer_type": "human",
                    "passed": "true", "reviewed_at": TIMES[6]}),
    ("surveys", {"interaction_id": "i2", "offered_at": TIMES[5], "responded_at": TIMES[6],
                 "instrument": "resolution", "score": "1", "scale_min": "0", "scale_max": "1"}),
    ("downstream_events", {"id_type": "account", "id_value": "a1", "occurred_at": TIMES[3],
                           "event_type": "payment_received"}),
    ("identity_links", {"id_type_a": "account", "id_value_a": "a1", "id_type_b": "cookie",
                        "id_value_b": "c1", "linked_at": TIMES[-1]}),
    ("customer_segments", {"id_type": "account", "id_value": "a1", "segment_type": "plan",
                           "segment": "plus", "valid_from": "2025-01-01 00:00:00"}),
    ("rate_card", {"item": "agent_minute", "unit_price_usd": "1.5",
                   "valid_from": "2025-06-01 00:00:00"}),
    ("intent_catalogue", {"intent_id": "move", "intent_family": "home", "is_automatable": "true",
                          "risk_tier": "high", "complexity": "simple",
                          "valid_from": "2025-06-01 00:00:00"}),
]  # fmt: skip


@pytest.mark.parametrize("late", LATE, ids=[table for table, _ in LATE])
def test_one_late_row_of_each_input_reaches_the_facts(warehouse, late):
    table, columns = late
    row = (table, {"source_event_id": "late", "ingested_at": INGESTED[0], **columns})
    warehouse.empty()
    warehouse.deliver(BASE)
    warehouse.run()
    before_it = warehouse.snapshot()
    warehouse.deliver([row])
    warehouse.run()
    incremental = warehouse.snapshot()
    warehouse.refresh()
    full = warehouse.snapshot()
    facts = ["fct_journeys", "fct_contacts", "fct_interactions"]
    assert any(full[name] != before_it[name] for name in facts), "the row is not about anything"
    for name, rows in full.items():
        assert incremental[name] == rows, name


@settings(max_examples=15, **quietly)
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
    dbt(*RUN, "-s", *FACTS, database=database, vars=given)
    write_days(world, folder, 1)
    dbt(*RUN, "-s", "+int_contacts", database=database, vars=given)
    for _ in range(2):
        run = dbt(*RUN, "-s", *FACTS, "+metric_daily", database=database, vars=given)
    assert "warn" not in {status.lower() for status in run.statuses().values()}

    given["cx_incremental"] = False
    dbt(*RUN, "-s", *FACTS, "+metric_daily", database=once / DATABASE_FILE, vars=given)
    with duckdb.connect(str(database)) as con:
        con.execute(f"attach '{once / DATABASE_FILE}' as once")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'once'"
            " and schema_name = 'main'"
        ).fetchall()
        assert {("fct_journeys",), ("metric_daily",)} <= set(tables)
        assert con.execute("select count(*) from fct_journeys").fetchone()[0] > 50
        for (table,) in tables:
            assert differences(con, f"main.{table}", f"once.main.{table}") == 0, table

    dbt("run", "-s", "fct_contacts", database=database, vars=given)
    with duckdb.connect(str(database)) as con:
        memories = con.execute(
            "select table_name from duckdb_tables() where table_name like '%fingerprints'"
        ).fetchall()
    assert ("fct_journeys__fingerprints",) in memories
    assert ("fct_contacts__fingerprints",) not in memories, "a memory that nobody keeps up"


def differences(con, one, other):
    """Rows that only one of two tables has, doubles to nine decimals."""
    columns = con.execute(f"describe {one}").fetchall()
    selected = ", ".join(
        f'round("{name}", 9)' if kind == "DOUBLE" else f'"{name}"' for name, kind, *_ in columns
    )
    sides = [f"(select {selected} from {table})" for table in (one, other)]
    return sum(
        con.execute(f"select count(*) from ({a} except all {b})").fetchone()[0]
        for a, b in (sides, sides[::-1])
    )
