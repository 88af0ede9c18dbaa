"""The connected-components statements of macros/identities, run without dbt.

The statements are the ones that the dbt materialization runs; only the loop around them is
repeated here, so that thousands of graphs can be tested, and a large one timed, in one process.
"""

from functools import cache
from pathlib import Path

import duckdb
import jinja2

MACROS = Path(__file__).resolve().parents[1] / "macros" / "identities" / "components_sql.sql"
MAX_ROUNDS = 60


@cache
def load_statements():
    """The macros that render the statements, as attributes of a module."""
    return jinja2.Environment().from_string(MACROS.read_text()).module


def resolve_model(
    con: duckdb.DuckDBPyConnection,
    edges_sql: str,
    result: str,
    node_column: str = "node",
    component_column: str = "component",
    *,
    is_temporary: bool = False,
) -> int:
    """Write table `result` for a query of edges (node_a, node_b), as the materialization does.

    Returns the number of rounds. A node without edges comes as an edge to itself.
    """
    sql = load_statements()
    _keep(con, "cc_edges", edges_sql)
    _keep(con, "cc_nodes", sql.components_nodes_sql("cc_edges"))
    _keep(con, "cc_edges_0", sql.components_first_round_sql("cc_edges", "cc_nodes"))
    rounds = 0
    while not _is_empty(con, f"cc_edges_{rounds}"):
        if rounds == MAX_ROUNDS:
            raise RuntimeError(f"edges are left after {MAX_ROUNDS} rounds")
        _contract(con, sql, rounds + 1)
        rounds += 1
    labels = _compose(con, sql, rounds)
    query = sql.components_result_sql("cc_nodes", labels, node_column, component_column)
    kind = "temporary table" if is_temporary else "table"
    con.execute(f"create or replace {kind} {result} as {query}")
    return rounds


def update_model(
    con: duckdb.DuckDBPyConnection, edges_sql: str, target: str, memory: str, columns: list[str]
) -> None:
    """Brings table `target` up to date by what changed since the edges in `memory`, as the
    materialization does in an incremental run."""
    sql = load_statements()
    _keep(con, "cc_all_edges", edges_sql)
    _keep(con, "cc_changed", sql.components_changed_sql("cc_all_edges", memory))
    _keep(con, "cc_region", sql.components_region_sql(target, "cc_changed", *columns))
    region_edges = sql.components_region_edges_sql("cc_all_edges", "cc_region")
    resolve_model(con, region_edges, "cc_resolved", *columns, is_temporary=True)
    con.execute("begin")
    con.execute(sql.components_forget_sql(target, "cc_region", columns[0]))
    con.execute(f"insert into {target} by name from cc_resolved")
    con.execute(sql.components_forget_edges_sql(memory, "cc_changed"))
    con.execute(
        sql.components_remember_edges_sql("cc_all_edges", memory, "cc_changed", "definition")
    )
    con.execute("commit")


def remember_edges(con: duckdb.DuckDBPyConnection, edges_sql: str, memory: str) -> None:
    """Fills `memory` with the edges that a table was resolved from."""
    query = load_statements().components_memory_sql(f"({edges_sql})", "definition")
    con.execute(f"create or replace table {memory} as {query}")


def _contract(con, sql, number: int) -> None:
    """One round: point, jump, contract."""
    edges = f"cc_edges_{number - 1}"
    _keep(con, f"cc_pointers_{number}", sql.components_pointers_sql(edges, number))
    _keep(con, f"cc_labels_{number}", sql.components_jump_sql(f"cc_pointers_{number}"))
    _keep(con, f"cc_edges_{number}", sql.components_contract_sql(edges, f"cc_labels_{number}"))


def _compose(con, sql, rounds: int) -> str | None:
    """Carry the labels of the first round through all later ones; None without a round."""
    if rounds == 0:
        return None
    labels = f"cc_labels_{rounds}"
    for number in range(rounds - 1, 0, -1):
        composed = sql.components_compose_sql(f"cc_labels_{number}", labels)
        labels = f"cc_composed_{number}"
        _keep(con, labels, composed)
    return labels


def _keep(con, name: str, query: str) -> None:
    con.execute(f"create or replace temporary table {name} as {query}")


def _is_empty(con, relation: str) -> bool:
    return con.execute(f"select 1 from {relation} limit 1").fetchone() is None
