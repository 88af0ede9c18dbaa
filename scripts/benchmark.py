"""Measures the project's own work against limits: python scripts/benchmark.py --section identity.

Each section is a function that takes the number of events and yields measures; `section` puts it in
the registry. Ratios compare two runs of the same minute on the same machine: they travel, seconds
do not.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import components
import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

EVENTS_PER_IDENTIFIER = 10
CHAIN_LENGTH = 1000


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


# --- command line -----------------------------------------------------------------------------


def main() -> None:
    """Run the sections named (default: all) and print their measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--section", action="append", choices=sorted(SECTIONS))
    parser.add_argument("--events", type=int, default=10_000_000, help="events of the world")
    arguments = parser.parse_args()
    for name in arguments.section or sorted(SECTIONS):
        print(f"\n{name}, {arguments.events:,} events")
        for measure in SECTIONS[name](arguments.events):
            print(f"  {measure.name:<50} {measure.value:>9.2f} {measure.unit:<6} {measure.note}")


if __name__ == "__main__":
    main()
