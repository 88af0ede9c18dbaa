"""Identity resolution against SciPy's connected components and cases worked out by hand."""

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import components  # noqa: E402

Edge = tuple[str, str]


def peer_components(edges: list[Edge]) -> dict[str, str]:
    """Node to the smallest node of its component, by SciPy."""
    nodes = sorted({node for edge in edges for node in edge})
    if not nodes:
        return {}
    number = {node: index for index, node in enumerate(nodes)}
    rows = [number[a] for a, _ in edges]
    columns = [number[b] for _, b in edges]
    graph = coo_matrix((np.ones(len(edges)), (rows, columns)), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(graph, directed=False)
    smallest: dict[int, str] = {}
    for node, label in zip(nodes, labels, strict=True):
        smallest.setdefault(label, node)
    return {node: smallest[label] for node, label in zip(nodes, labels, strict=True)}


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        yield connection


def load_edges(con, edges: list[Edge]) -> None:
    table = pa.table(
        {
            "node_a": pa.array([a for a, _ in edges], pa.string()),
            "node_b": pa.array([b for _, b in edges], pa.string()),
        }
    )
    con.register("edge_rows", table)
    con.execute("create or replace table edges as select * from edge_rows")
    con.unregister("edge_rows")


def resolve(con, edges: list[Edge]) -> dict[str, str]:
    load_edges(con, edges)
    components.resolve(con, "edges", "resolved")
    rows = con.execute("select node, component from resolved").fetchall()
    assert len(rows) == len({node for node, _ in rows})
    return dict(rows)


def name(index: int) -> str:
    """A key whose order is unrelated to the order of the numbers."""
    return f"cookie:{index * 2654435761 % 4294967296:08x}"


def chain(start: int, length: int) -> list[Edge]:
    return [(name(i), name(i + 1)) for i in range(start, start + length - 1)]


SHAPES = {
    "nothing": [],
    "one isolated node": [("a", "a")],
    "isolated nodes": [(name(i), name(i)) for i in range(50)],
    "one pair": [("b", "a")],
    "duplicates both ways": [("a", "b"), ("b", "a"), ("a", "b"), ("c", "c"), ("c", "c")],
    "self-loop on an end": [("a", "b"), ("b", "b")],
    "chains of 1,000 nodes": [edge for i in range(5) for edge in chain(i * 1000, 1000)],
    "chain in key order": [(f"{i:04d}", f"{i + 1:04d}") for i in range(999)],
    "star of 1,000 leaves": [(name(0), name(i)) for i in range(1, 1001)],
    "star with the largest key in the middle": [("z", f"a{i}") for i in range(500)],
    "ring of 1,000 nodes": chain(0, 1000) + [(name(999), name(0))],
    "complete graph": [(name(i), name(j)) for i in range(40) for j in range(i)],
    "two stars and a bridge": [
        *[("x", f"l{i}") for i in range(20)],
        *[("y", f"r{i}") for i in range(20)],
        ("l3", "r7"),
    ],
    "binary tree": [(name(i), name((i - 1) // 2)) for i in range(1, 1023)],
    "grid of 30 by 30": [
        *[(name(i), name(i + 1)) for i in range(900) if i % 30 != 29],
        *[(name(i), name(i + 30)) for i in range(870)],
    ],
    "keys beyond ASCII": [("é", "z"), ("Z", "é"), ("日本", "zz")],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_equal_scipy(con, shape):
    assert resolve(con, SHAPES[shape]) == peer_components(SHAPES[shape])


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_equal_scipy(con, seed):
    """From far below to above the density at which a giant component appears."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(2, 3000))
    count = int(nodes * rng.uniform(0.1, 1.5))
    ends = rng.integers(0, nodes, (count, 2))
    edges = [(name(a), name(b)) for a, b in ends] + [(name(i), name(i)) for i in range(0, nodes, 7)]
    assert resolve(con, edges) == peer_components(edges)


SMALL_GRAPH = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")))


@settings(max_examples=40, deadline=None)
@given(graphs=st.lists(SMALL_GRAPH, max_size=20))
def test_small_graphs_equal_scipy(con, graphs):
    """Many small graphs side by side in one run: statements cost more than rows here."""
    edges = [
        (f"{number}:{a}", f"{number}:{b}")
        for number, graph in enumerate(graphs)
        for a, b in graph
    ]
    assert resolve(con, edges) == peer_components(edges)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_direction_of_edges_do_not_matter(con, random):
    edges = SHAPES["two stars and a bridge"] + chain(0, 30)
    shuffled = [edge if random.random() < 0.5 else edge[::-1] for edge in edges]
    random.shuffle(shuffled)
    assert resolve(con, shuffled) == resolve(con, edges)


def test_rounds_stay_few(con):
    """A chain of 100,000 nodes shrinks by more than half a round: far from one round a link."""
    load_edges(con, [(f"{i:06d}", f"{i + 1:06d}") for i in range(99_999)])
    assert components.resolve(con, "edges", "resolved") <= 20


# --- through dbt ------------------------------------------------------------------------------

SCHEMAS = {
    "interactions": {
        "source_system": "string",
        "interaction_id": "string",
        "channel": "string",
        "started_at": "timestamp",
    },
    "interaction_identifiers": {
        "interaction_id": "string",
        "id_type": "string",
        "id_value": "string",
    },
    "identity_links": {
        "source_system": "string",
        "source_event_id": "string",
        "id_type_a": "string",
        "id_value_a": "string",
        "id_type_b": "string",
        "id_value_b": "string",
        "linked_at": "timestamp",
        "method": "string",
        "confidence": "double",
    },
    "downstream_events": {"id_type": "string", "id_value": "string"},
    "customer_segments": {"id_type": "string", "id_value": "string"},
    "consents": {"id_type": "string", "id_value": "string"},
}


class World:
    """A dbt project with this repository's identity models over stub inputs."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.inputs = {table: [] for table in SCHEMAS}
        whole = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
        project = {key: whole[key] for key in ("name", "version", "config-version", "vars")}
        project["profile"] = "identity_test"
        project["models"] = {project["name"]: {"intermediate": {"+materialized": "table"}}}
        (folder / "models" / "stub").mkdir(parents=True)
        for source in ("models/intermediate/identities", "macros"):
            shutil.copytree(ROOT / source, folder / source)
        for table in SCHEMAS:
            path = folder / "models" / "stub" / f"int_{table}_accepted.sql"
            path.write_text(f"select * from {{{{ source('stub', '{table}') }}}}")
        sources = {
            "sources": [{"name": "stub", "schema": "stub", "tables": [{"name": t} for t in SCHEMAS]}]
        }
        (folder / "models" / "stub" / "_stub__sources.yml").write_text(yaml.safe_dump(sources))
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
        self.database = folder / "identity_test.duckdb"
        target = {"type": "duckdb", "path": str(self.database), "threads": 1}
        profile = {"identity_test": {"target": "test", "outputs": {"test": target}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))

    def interaction(self, interaction_id: str, *identifiers: str) -> None:
        self.inputs["interactions"].append(
            {
                "source_system": "demo",
                "interaction_id": interaction_id,
                "channel": "chat",
                "started_at": None,
            }
        )
        for identifier in identifiers:
            id_type, id_value = identifier.split("=", 1)
            self.inputs["interaction_identifiers"].append(
                {"interaction_id": interaction_id, "id_type": id_type, "id_value": id_value}
            )

    def write_inputs(self) -> None:
        types = {"string": pa.string(), "timestamp": pa.timestamp("us"), "double": pa.float64()}
        with duckdb.connect(str(self.database)) as con:
            con.execute("create schema if not exists stub")
            for table, columns in SCHEMAS.items():
                schema = pa.schema([(column, types[type_]) for column, type_ in columns.items()])
                rows = pa.Table.from_pylist(self.inputs[table], schema=schema)
                con.register("rows_of_table", rows)
                con.execute(f"create or replace table stub.{table} as from rows_of_table")
                con.unregister("rows_of_table")

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "dbt.cli.main", "--no-send-anonymous-usage-stats"]
        return subprocess.run(
            [*command, *arguments, "--project-dir", ".", "--profiles-dir", "."],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, *arguments: str) -> None:
        self.write_inputs()
        result = self.dbt("run", *arguments)
        assert result.returncode == 0, result.stdout

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.database)) as con:
            return con.execute(sql).fetchall()

    def customers(self) -> dict[str, str]:
        return dict(
            self.query("select interaction_id, customer_id from int_interaction_customers")
        )


@pytest.fixture
def world(tmp_path):
    yield World(tmp_path)
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_dbt_resolves_a_random_world_as_scipy_does(world):
    rng = np.random.default_rng(7)
    edges = []
    for number in range(3000):
        identifiers = [f"account={i}" for i in rng.integers(0, 2500, rng.integers(1, 3))]
        world.interaction(f"demo:{number}", *identifiers)
        keys = [i.replace("=", ":") for i in identifiers]
        edges += [(keys[0], key) for key in keys]
    world.build()
    expected = peer_components(edges)
    resolved = dict(
        world.query("select identifier_id, customer_id from int_identity_components")
    )
    assert resolved == expected
    leftovers = world.query(
        "select table_name from information_schema.tables where table_name like '%__components_%'"
    )
    assert leftovers == []
    world.build()
    again = dict(world.query("select identifier_id, customer_id from int_identity_components"))
    assert again == expected
