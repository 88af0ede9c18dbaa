"""Measures the project's own work against limits: python scripts/benchmark.py --section identity.

Each section is a function that takes the number of events and yields measures; `section` puts it in
the registry. Ratios compare two runs of the same minute on the same machine: they travel, seconds
do not. Worlds and databases are put into --folder (default: a temporary one, deleted at the end).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import components
import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
EVENTS_PER_IDENTIFIER = 10
CHAIN_LENGTH = 1000
DATABASE_FILE = "ai_cx_metrics.duckdb"
FACTS = ("fct_interactions", "fct_contacts", "fct_journeys")
# A sum of doubles depends on the order of its terms in the last digits; amounts of money lie on a
# decimal grid, often just between two rounded values, and are moved off it before they are rounded.
OFF_GRID = 1.234567e-10
# Where the sections put worlds and databases; the command line sets it.
FOLDER = Path(tempfile.gettempdir())


@dataclass(frozen=True)
class Measure:
    """One figure of a section."""

    name: str
    value: float
    unit: str
    note: str = ""


Section = Callable[[int], Iterator[Measure]]
SECTIONS: dict[str, Section] = {}


def section(name: str) -> Callable[[Section], Section]:
    """Register a section under a name of the command line."""

    def register(function: Section) -> Section:
        SECTIONS[name] = function
        return function

    return register


class Clock:
    """Wall and CPU seconds of a block; CPU counts this process and the children it has ended."""

    wall_seconds = 0.0
    cpu_seconds = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure a block: `with timed() as clock: ...`, then read the clock."""
    clock = Clock()
    wall, cpu = time.perf_counter(), _cpu_seconds()
    yield clock
    clock.wall_seconds = time.perf_counter() - wall
    clock.cpu_seconds = _cpu_seconds() - cpu


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


# --- identity ---------------------------------------------------------------------------------


@section("identity")
def identity(events: int) -> Iterator[Measure]:
    """Connected components of one identifier per ten events, against SciPy on the same table."""
    nodes = events // EVENTS_PER_IDENTIFIER
    for shape, edges in (("customers", customer_edges(nodes)), ("chains", chain_edges(nodes))):
        with duckdb.connect() as con:
            con.execute("set threads = 2")
            con.execute("set preserve_insertion_order = false")
            load_edges(con, nodes, edges)
            yield from _identity_measures(con, shape, nodes)


def _identity_measures(con, shape: str, nodes: int) -> Iterator[Measure]:
    with timed() as ours:
        rounds = components.resolve_model(con, "select * from edges", "resolved")
    with timed() as peer:
        expected, bare_seconds = scipy_components(con)
    resolved = con.execute("select node, component from resolved order by node").df()
    if not resolved.equals(expected):
        raise AssertionError(f"components of {shape} differ from SciPy's")
    label = f"{shape}, {nodes:,} identifiers"
    yield Measure(f"{label}: SQL", ours.wall_seconds, "s", f"{rounds} rounds")
    yield Measure(f"{label}: SQL", ours.cpu_seconds, "CPU-s")
    yield Measure(f"{label}: SciPy", peer.wall_seconds, "s", f"graph {bare_seconds:.2f} s")
    yield Measure(f"{label}: SciPy", peer.cpu_seconds, "CPU-s")
    yield Measure(f"{label}: SQL to SciPy", ours.wall_seconds / peer.wall_seconds, "x wall")
    yield Measure(f"{label}: SQL to SciPy", ours.cpu_seconds / peer.cpu_seconds, "x CPU")


def customer_edges(nodes: int) -> np.ndarray:
    """Customers of one to six identifiers, each linked to the customer's first."""
    sizes = np.random.default_rng(1).integers(1, 7, nodes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)[:nodes]
    ends = np.column_stack([first, np.arange(nodes)])
    return ends[ends[:, 0] != ends[:, 1]]


def chain_edges(nodes: int) -> np.ndarray:
    """Chains of 1,000 identifiers: far longer than any customer's, the hard case."""
    start = np.arange(nodes - 1)
    start = start[start % CHAIN_LENGTH != CHAIN_LENGTH - 1]
    return np.column_stack([start, start + 1])


def load_edges(con, nodes: int, edges: np.ndarray) -> None:
    """Table `edges` with text keys in no particular order, and each node once as its own edge."""
    numbers = np.concatenate([edges, np.column_stack([np.arange(nodes)] * 2)])
    con.register("numbers", pd.DataFrame(numbers, columns=["a", "b"]))
    con.execute(
        """
        create table edges as
        select 'account:' || md5(cast(a as string)) as node_a,
            'account:' || md5(cast(b as string)) as node_b
        from numbers
        """
    )
    con.unregister("numbers")


def scipy_components(con) -> tuple[pd.DataFrame, float]:
    """Node and smallest key of its component by SciPy, and the seconds of the bare graph call."""
    edges = con.execute("select node_a, node_b from edges").df()
    codes, keys = pd.factorize(pd.concat([edges["node_a"], edges["node_b"]]))
    shape = (len(keys), len(keys))
    with timed() as clock:
        graph = coo_matrix(
            (np.ones(len(edges), dtype=np.int8), (codes[: len(edges)], codes[len(edges) :])), shape
        )
        _, labels = connected_components(graph, directed=False)
    table = pd.DataFrame({"node": keys, "label": labels}).sort_values("node", ignore_index=True)
    table["component"] = table.groupby("label")["node"].transform("first")
    return table[["node", "component"]], clock.wall_seconds


# --- pipeline ---------------------------------------------------------------------------------


@section("pipeline")
def pipeline(events: int) -> Iterator[Measure]:
    """The facts by dbt, models only, against the script that makes the same journeys by hand."""
    world = simulated(events)
    fused = FOLDER / "fused.duckdb"
    fused.unlink(missing_ok=True)
    by_hand = run_measured([sys.executable, __file__, "--fused", str(world), str(fused)])
    built = FOLDER / "full" / DATABASE_FILE
    built.unlink(missing_ok=True)
    by_dbt = build(built, world, [f"+{fact}" for fact in FACTS])
    check_journeys(built, fused)
    yield Measure("by hand", by_hand.cpu_seconds, "CPU-s", memory(by_hand))
    yield Measure("facts by dbt", by_dbt.cpu_seconds, "CPU-s", memory(by_dbt))
    yield Measure("facts by dbt to by hand", by_dbt.cpu_seconds / by_hand.cpu_seconds, "x CPU")
    yield Measure("database", built.stat().st_size / events, "B/event")
    yield from slowest(built)


def check_journeys(built: Path, fused: Path) -> None:
    """Fails unless both found the same journeys, with the same contacts, turns and evidence."""
    columns = "journey_id, customer_id, intent_id, contacts, turns, bot_turns, started_at, ended_at"
    confirmed = "case when evidence_grade = 'system_event' then evidenced_at end"
    with duckdb.connect() as con:
        con.execute(f"attach '{built}' as built (read_only)")
        con.execute(f"attach '{fused}' as fused (read_only)")
        ours = f"select {columns}, {confirmed} from built.main.fct_journeys"
        theirs = f"select {columns}, confirmed_at from fused.main.fused_journeys"
        if different(con, ours, theirs):
            raise AssertionError("the journeys of dbt and of the script differ")


def fuse(world: str, database: str) -> None:
    """Runs benchmark_fused.sql on a world's files into a database."""
    script = (ROOT / "scripts" / "benchmark_fused.sql").read_text().replace("{folder}", world)
    with duckdb.connect(database) as con:
        con.execute("set threads = 2")
        con.execute("set preserve_insertion_order = false")
        con.execute("set TimeZone = 'UTC'")
        for statement in script.split(";\n"):
            if "-- components:" in statement:
                components.resolve_model(con, "from edges", "customers")
            if statement.strip():
                con.execute(statement)


# --- incremental ------------------------------------------------------------------------------


@section("incremental")
def incremental(events: int) -> Iterator[Measure]:
    """One more day of data, exact, against a full refresh with it; every table is compared."""
    world = simulated(events)
    facts = [f"+{fact}" for fact in FACTS]
    day = duckdb.sql(f"select max(started_at)::date from '{world}/interactions.parquet'").fetchone()
    before, after, delivered = FOLDER / "before", FOLDER / "after", FOLDER / "delivered"
    deliver_until(world, before, f"< '{day[0]}'")
    deliver_until(world, after, f"<= '{day[0]}'")
    daily, full = FOLDER / "daily" / DATABASE_FILE, FOLDER / "refreshed" / DATABASE_FILE
    for database in (daily, full):
        database.unlink(missing_ok=True)
    # One path for both deliveries: what a daily run finds parsed it need not parse again, and the
    # refresh that it is compared with need not either.
    point(delivered, before)
    first = build(daily, delivered, facts, {"cx_incremental": True})
    build(full, delivered, ["stg_demo__turns"])
    point(delivered, after)
    one_day = build(daily, delivered, facts, {"cx_incremental": True})
    refresh = build(full, delivered, facts)
    yield Measure("full refresh", refresh.cpu_seconds, "CPU-s", memory(refresh))
    yield Measure("first run that remembers", first.cpu_seconds, "CPU-s", memory(first))
    yield Measure("one day", one_day.cpu_seconds, "CPU-s", memory(one_day))
    yield Measure("one day to full refresh", one_day.cpu_seconds / refresh.cpu_seconds, "x CPU")
    yield Measure("tables equal, both ways", check_equal(daily, full), "")
    yield from slowest(daily)


def point(link: Path, folder: Path) -> None:
    """Makes a link to a folder, instead of the one that it was to."""
    link.unlink(missing_ok=True)
    link.symlink_to(folder, target_is_directory=True)


def deliver_until(world: Path, folder: Path, condition: str) -> None:
    """A world's files with the rows that were ingested by then."""
    folder.mkdir(exist_ok=True)
    for path in sorted(world.glob("*.parquet")):
        duckdb.execute(
            f"copy (from '{path}' where ingested_at {condition}) to '{folder / path.name}'"
        )


def check_equal(daily: Path, full: Path) -> int:
    """Fails unless both databases hold the same rows; returns how many tables were compared."""
    with duckdb.connect() as con:
        con.execute(f"attach '{daily}' as daily (read_only)")
        con.execute(f"attach '{full}' as once (read_only)")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'once'"
            " and schema_name = 'main'"
        ).fetchall()
        for (table,) in tables:
            columns = con.execute(f"describe once.main.{table}").fetchall()
            rows = ", ".join(compared(name, kind) for name, kind, *_ in columns)
            sides = [f"select {rows} from {name}.main.{table}" for name in ("daily", "once")]
            if different(con, *sides):
                raise AssertionError(f"{table} differs from a full refresh")
    return len(tables)


def compared(name: str, kind: str) -> str:
    """A column as it is compared. Writing a day's files takes the sign from some zeros."""
    if kind == "DOUBLE":
        return f"round({name} + {OFF_GRID}, 9)"
    return f"replace({name}, '\"-0.0\"', '\"0.0\"')" if name == "payload" else name


# --- what both share --------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What a command cost."""

    cpu_seconds: float
    memory_bytes: int


def run_measured(command: list[str], environment: dict[str, str] | None = None) -> Run:
    """Runs a command to its end: its CPU seconds and its largest resident memory."""
    environment = {**os.environ, **(environment or {})}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def memory(run: Run) -> str:
    """The largest resident memory, to read."""
    return f"{run.memory_bytes / 2**30:.1f} GiB"


def simulated(events: int) -> Path:
    """The folder of a world of that many events; written once."""
    world = FOLDER / f"world_{events}"
    if not (world / "turns.parquet").exists():
        command = [sys.executable, "-m", "scripts.simulate"]
        run_measured([*command, "--events", str(events), "--out", str(world)])
    return world


def build(
    database: Path, world: Path, selected: list[str], given: dict[str, object] | None = None
) -> Run:
    """Builds models, without tests, from a world's files."""
    database.parent.mkdir(exist_ok=True)
    given = {"cx_demo_path": str(world), "cx_demo_format": "parquet"} | (given or {})
    command = [
        *(str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--select", *selected),
        *("--exclude-resource-type", "test", "unit_test", "--vars", json.dumps(given)),
        *("--target-path", str(database.parent / "target")),
        *("--log-path", str(database.parent / "logs")),
    ]
    return run_measured(command, {"CX_DATABASE": str(database), "DBT_PROFILES_DIR": str(ROOT)})


def slowest(database: Path, number: int = 8) -> Iterator[Measure]:
    """The models that took longest in the latest build of a database (wall seconds)."""
    results = json.loads((database.parent / "target" / "run_results.json").read_text())["results"]
    for result in sorted(results, key=lambda result: -result["execution_time"])[:number]:
        name = result["unique_id"].split(".")[-1]
        yield Measure(f"slowest: {name}", result["execution_time"], "s")


def different(con, one: str, other: str) -> bool:
    """Whether a row is in the one query and not, or less often, in the other."""
    return any(
        con.execute(f"select 1 from (({a}) except all ({b})) limit 1").fetchone()
        for a, b in ((one, other), (other, one))
    )


# --- command line -----------------------------------------------------------------------------


def main() -> None:
    """Run the sections named (default: all) and print their measures."""
    global FOLDER
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--section", action="append", choices=sorted(SECTIONS))
    parser.add_argument("--events", type=int, default=10_000_000, help="events of the world")
    parser.add_argument("--folder", type=Path, help="where worlds and databases are kept")
    parser.add_argument("--fused", nargs=2, metavar=("WORLD", "DATABASE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fused:
        fuse(*arguments.fused)
        return
    with tempfile.TemporaryDirectory() as temporary:
        FOLDER = (arguments.folder or Path(temporary)).resolve()
        FOLDER.mkdir(exist_ok=True)
        for name in arguments.section or sorted(SECTIONS):
            print(f"\n{name}, {arguments.events:,} events")
            for measure in SECTIONS[name](arguments.events):
                print(
                    f"  {measure.name:<50} {measure.value:>9.2f} {measure.unit:<7} {measure.note}"
                )


if __name__ == "__main__":
    main()
