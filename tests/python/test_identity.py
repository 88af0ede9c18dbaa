"""Identity resolution against SciPy's connected components and cases worked out by hand."""

import shutil
from pathlib import Path

import components
import duckdb
import numpy as np
import pyarrow as pa
import pytest
import yaml
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt, query
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

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
    components.resolve_model(con, "select * from edges", "resolved")
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
    "ring of 1,000 nodes": [*chain(0, 1000), (name(999), name(0))],
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
        (f"{number}:{a}", f"{number}:{b}") for number, graph in enumerate(graphs) for a, b in graph
    ]
    assert resolve(con, edges) == peer_components(edges)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_direction_of_edges_do_not_matter(con, random):
    edges = SHAPES["two stars and a bridge"] + chain(0, 30)
    shuffled = [edge if random.random() < 0.5 else edge[::-1] for edge in edges]
    random.shuffle(shuffled)
    assert resolve(con, shuffled) == resolve(con, edges)


@settings(max_examples=40, deadline=None)
@given(graphs=st.lists(SMALL_GRAPH, min_size=2, max_size=6))
def test_what_changed_since_equals_scipy(con, graphs):
    """Each graph after the one before it: edges come and go, components merge and fall apart."""
    load_edges(con, graphs[0])
    components.resolve_model(con, "select * from edges", "resolved")
    components.remember_edges(con, "select * from edges", "remembered")
    for graph in graphs[1:]:
        load_edges(con, graph)
        components.update_model(
            con, "select * from edges", "resolved", "remembered", ["node", "component"]
        )
        rows = con.execute("select node, component from resolved").fetchall()
        assert len(rows) == len({node for node, _ in rows})
        assert dict(rows) == peer_components(graph)
        remembered = con.execute("select node_a, node_b from remembered").fetchall()
        assert sorted(remembered) == sorted(set(graph))


def test_what_did_not_change_is_left_alone(con):
    """One of two pairs gets a third node; the other's row keeps what it holds, though wrong."""
    load_edges(con, [("a", "b"), ("x", "y")])
    components.resolve_model(con, "select * from edges", "resolved")
    components.remember_edges(con, "select * from edges", "remembered")
    con.execute("update resolved set component = 'kept' where node in ('x', 'y')")
    load_edges(con, [("a", "b"), ("x", "y"), ("b", "c")])
    components.update_model(
        con, "select * from edges", "resolved", "remembered", ["node", "component"]
    )
    assert dict(con.execute("select node, component from resolved").fetchall()) == {
        **dict.fromkeys("abc", "a"),
        **dict.fromkeys("xy", "kept"),
    }


def test_rounds_stay_few(con):
    """A chain of 100,000 nodes shrinks by more than half a round: far from one round a link."""
    load_edges(con, [(f"{i:06d}", f"{i + 1:06d}") for i in range(99_999)])
    assert components.resolve_model(con, "select * from edges", "resolved") <= 20


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
    """A dbt project of this repository's identity models over stub inputs, in a folder."""

    def __init__(self, folder: Path):
        self.inputs = {table: [] for table in SCHEMAS}
        self.project = folder / "project"
        self.database = folder / DATABASE_FILE
        self.dbt = Dbt(folder, self.project)
        for source in ("models/intermediate/identities", "macros", "profiles.yml"):
            copy = shutil.copyfile if source.endswith(".yml") else shutil.copytree
            (self.project / source).parent.mkdir(parents=True, exist_ok=True)
            copy(PROJECT_ROOT / source, self.project / source)
        # Generic tests of packages are not needed to run the models.
        (self.project / "models/intermediate/identities/_identities__models.yml").unlink()
        self._write_stubs()
        self._write_project()

    def _write_stubs(self) -> None:
        stubs = self.project / "models" / "stub"
        stubs.mkdir()
        for table in SCHEMAS:
            (stubs / f"int_{table}_accepted.sql").write_text(f"select * from stub.{table}")

    def _write_project(self) -> None:
        whole = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
        project = {key: whole[key] for key in ("name", "version", "config-version", "profile")}
        project["vars"] = {**whole["vars"], "hook_fails": False}
        # A hook that fails once the new table is in place, when the test asks for it.
        statements = (
            "'select error(1)' if var('hook_fails') else 'create or replace view hook as select 1'"
        )
        hook = f"{{{{ {statements} }}}}"
        project["models"] = {
            project["name"]: {
                "intermediate": {
                    "+materialized": "table",
                    "identities": {"int_identity_components": {"+post-hook": hook}},
                }
            }
        }
        (self.project / "dbt_project.yml").write_text(yaml.safe_dump(project))

    def interaction(self, interaction_id: str, *identifiers: str) -> None:
        """identifiers: type=value."""
        self.inputs["interactions"].append(
            {"source_system": "demo", "interaction_id": interaction_id, "channel": "chat"}
        )
        for identifier in identifiers:
            id_type, id_value = identifier.split("=", 1)
            self.inputs["interaction_identifiers"].append(
                {"interaction_id": interaction_id, "id_type": id_type, "id_value": id_value}
            )

    def link(self, first: str, second: str, **columns) -> None:
        ends = {}
        for end, identifier in (("a", first), ("b", second)):
            ends[f"id_type_{end}"], ends[f"id_value_{end}"] = identifier.split("=", 1)
        self.inputs["identity_links"].append({**ends, **columns})

    def write_inputs(self) -> None:
        types = {"string": pa.string(), "timestamp": pa.timestamp("us"), "double": pa.float64()}
        with duckdb.connect(str(self.database)) as con:
            con.execute("create schema if not exists stub")
            for table, columns in SCHEMAS.items():
                schema = pa.schema([(column, types[type_]) for column, type_ in columns.items()])
                rows = [{**dict.fromkeys(columns), **row} for row in self.inputs[table]]
                con.register("rows_of_table", pa.Table.from_pylist(rows, schema=schema))
                con.execute(f"create or replace table stub.{table} as from rows_of_table")
                con.unregister("rows_of_table")

    def run(self, *arguments: str, check=True, **variables):
        return self.dbt(
            "run", *arguments, database=self.database, vars=variables or None, check=check
        )

    def mapping(self, table: str, key: str) -> dict[str, str]:
        rows = query(self.database, f"select {key}, customer_id from {table}")
        assert len({row[key] for row in rows}) == len(rows)
        return {row[key]: row["customer_id"] for row in rows}

    def identifiers(self) -> dict[str, str]:
        return self.mapping("int_identity_components", "identifier_id")

    def interactions(self) -> dict[str, str]:
        return self.mapping("int_interaction_customers", "interaction_id")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """3,000 interactions of random accounts, and the cases that the tests name."""
    world = World(tmp_path_factory.mktemp("identity"))
    rng = np.random.default_rng(7)
    world.edges = []
    for number in range(3000):
        identifiers = [f"account={i}" for i in rng.integers(0, 2500, rng.integers(1, 3))]
        world.interaction(f"demo:{number}", *identifiers)
        keys = [identifier.replace("=", ":") for identifier in identifiers]
        world.edges += [(keys[0], key) for key in keys]
    world.interaction("demo:anonymous")
    world.interaction("demo:placeholder", "cookie=Unknown")
    # 21 accounts share the phone of a switchboard: one more than a phone may have.
    for number in range(21):
        world.interaction(f"demo:office_{number}", f"email=office{number}@x", "phone=switchboard")
    world.interaction("demo:office_unnamed", "phone=switchboard")
    # A link reaches an identifier that no interaction carries.
    world.interaction("demo:linked_a", "cookie=linked")
    world.interaction("demo:linked_b", "Email=Linked@X")
    world.link("cookie=linked", "email=linked@x ", confidence=1.0)
    world.write_inputs()
    world.run()
    return world


@pytest.mark.slow
def test_dbt_resolves_as_scipy_does(world):
    resolved = world.identifiers()
    accounts = {key: value for key, value in resolved.items() if key.startswith("account:")}
    assert accounts == peer_components(world.edges)


@pytest.mark.slow
def test_no_interaction_is_lost(world):
    interactions = world.interactions()
    assert len(interactions) == len(world.inputs["interactions"])
    own = ("demo:anonymous", "demo:placeholder", "demo:office_unnamed")
    assert {interactions[key] for key in own} == {f"interaction:{key}" for key in own}
    assert interactions["demo:office_3"] == "email:office3@x"
    assert interactions["demo:linked_a"] == interactions["demo:linked_b"] == "cookie:linked"


@pytest.mark.slow
def test_work_tables_are_dropped_and_the_hook_has_run(world):
    rows = query(world.database, "select table_name as name from information_schema.tables")
    names = {row["name"] for row in rows}
    assert not [name for name in names if "__components_" in name or "__dbt_" in name]
    assert "hook" in names


@pytest.mark.slow
def test_order_of_arrival_does_not_matter(world):
    before = world.identifiers(), world.interactions()
    for rows in world.inputs.values():
        rows.reverse()
    world.write_inputs()
    world.run()
    assert (world.identifiers(), world.interactions()) == before


@pytest.mark.slow
def test_a_run_that_fails_at_the_end_leaves_the_old_table(world):
    before = world.identifiers()
    run = world.run("--select", "int_identity_components", check=False, hook_fails=True)
    assert not run.success
    assert world.identifiers() == before
    world.run("--select", "int_identity_components")
    assert world.identifiers() == before


@pytest.mark.slow
def test_an_empty_run_gives_an_empty_table(world):
    before = world.identifiers()
    world.run("--empty", "--select", "int_identity_components+")
    assert world.identifiers() == {}
    world.run("--select", "int_identity_components+")
    assert world.identifiers() == before
