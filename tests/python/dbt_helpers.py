"""dbt and its databases, for tests: one dbt call, whole worlds, and compiled SQL run again.

Three ways to get a database, cheapest first:

* `demo_database` (fixture): the demo company; built once for all tests.
* `Replay.build`: another world through SQL that dbt compiled for a first one. No dbt in between, so
  hundreds of worlds are affordable.
* `built_world` (fixture): any vars through dbt itself; a parse and some 20 ms a model each.
"""

import contextlib
import os
import runpy
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import components
import duckdb
import yaml

PROJECT_ROOT = Path(__file__).resolve().parents[2]
# Views name the database that they are in, which is the stem of its file: all have this one.
DATABASE_FILE = "ai_cx_metrics.duckdb"
# Amounts of money lie on a decimal grid, often just between two rounded values: moved off it.
OFF_GRID = 1.000000000271828


def query(database, sql, parameters=None):
    """Rows of a query on a database file as a list of dicts; the file is opened read-only."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql, parameters).to_arrow_table().to_pylist()


def frame(database, sql, parameters=None):
    """The same as a pandas frame."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql, parameters).df()


def differing_rows(con, one, other):
    """How many rows only one of two relations has, doubles to nine significant digits.

    The last digits of a sum depend on the order of its terms, which nobody promises.
    """
    columns = con.execute(f"describe {one}").fetchall()
    selected = ", ".join(
        f"printf('%.9g', round(\"{name}\" * {OFF_GRID}, 12) + 0.0)"
        if kind == "DOUBLE"
        else f'"{name}"'
        for name, kind, *_ in columns
    )
    sides = [f"(select {selected} from {relation})" for relation in (one, other)]
    return sum(
        con.execute(f"select count(*) from ({a} except all {b})").fetchone()[0]
        for a, b in (sides, sides[::-1])
    )


@dataclass
class Run:
    """What one dbt call did."""

    success: bool
    database: Path
    messages: list[str]
    results: list = field(default_factory=list)

    @property
    def text(self):
        """All that dbt said (warnings, errors and progress), one message a line."""
        return "\n".join(self.messages)

    def statuses(self):
        """{name: status} of the nodes that ran, such as {"fct_journeys": "success"}."""
        return {result.node.name: str(result.status) for result in self.results}


class DbtFailed(AssertionError):
    """dbt did not succeed; the message is what it said."""


class Dbt:
    """Calls dbt in this process, each call on its own database, with its own target and logs.

    Parsing is the dear part: the parsed project is kept per set of vars and used again.
    """

    def __init__(self, folder, project_root=PROJECT_ROOT):
        self.folder = Path(folder)
        self.project_root = Path(project_root)
        self._manifests = {}
        self._calls = 0

    def __call__(self, *args, database=None, vars=None, target="dev", check=True):
        """Runs `dbt *args`; raises DbtFailed when it fails, unless check is False.

        database: a file named ai_cx_metrics.duckdb (default: a new one). vars: dict.
        """
        from dbt.cli.main import dbtRunner

        self._calls += 1
        if database is None:
            database = self.folder / f"call_{self._calls}" / DATABASE_FILE
        database = Path(database)
        assert database.name == DATABASE_FILE, f"a test database has to be named {DATABASE_FILE}"
        database.parent.mkdir(parents=True, exist_ok=True)

        given = _as_yaml(vars)
        common = ["--target", target, "--vars", given, "--no-partial-parse"]
        for option, path in (
            ("--project-dir", self.project_root),
            ("--profiles-dir", self.project_root),
            ("--target-path", self.folder / "target"),
            ("--log-path", self.folder / "logs"),
        ):
            common += [option, str(path)]
        messages = []

        def invoke(command, manifest=None):
            """One call in this process; its exception is a message as any other."""
            runner = dbtRunner(manifest=manifest, callbacks=[lambda event: _keep(messages, event)])
            outcome = runner.invoke([*command, *common])
            if outcome.exception is not None:
                messages.append(str(outcome.exception))
            return outcome

        environment = {"CX_DATABASE": str(database), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        with _environment(environment), contextlib.chdir(self.project_root):
            try:
                key = (target, given)
                if key not in self._manifests:
                    parsed = invoke(["--quiet", "parse"])
                    if not parsed.success:
                        return self._checked(Run(False, database, messages), args, check)
                    self._manifests[key] = parsed.result
                outcome = invoke(args, self._manifests[key])
            finally:
                _close_database()
        results = list(getattr(outcome.result, "results", None) or [])
        return self._checked(Run(outcome.success, database, messages, results), args, check)

    def manifest(self, vars=None):
        """The parsed project (dbt's Manifest); parsed once per set of vars."""
        self("--quiet", "list", "--select", "scorecard", vars=vars)
        return self._manifests["dev", _as_yaml(vars)]

    @staticmethod
    def _checked(run, args, check):
        """The run, unless it failed and should not have."""
        if check and not run.success:
            raise DbtFailed(f"dbt {' '.join(args)} failed:\n{run.text}")
        return run


class Replay:
    """A project that dbt has built for one world, built again for others without dbt.

    The models are the SQL and Python that dbt ran, in its order; seeds are copied.
    """

    def __init__(self, run):
        """run: a successful Run of `dbt build` (or `seed` and `run`) on a new database."""
        self.base = run.database
        self.models = [r.node for r in run.results if r.node.resource_type == "model"]
        self._relations = {node.name: node.relation_name for node in self.models}

    def build(self, database, replace=None, only=None):
        """Builds into a database file and returns its path.

        replace: {text in the compiled SQL: other text}, such as one world's folder and another's.
        only: names of the models to build (default: all), in an order that dbt chose.
        """
        database = Path(database)
        assert database.name == DATABASE_FILE, f"a test database has to be named {DATABASE_FILE}"
        database.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.base, database)
        with duckdb.connect(str(database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for node in self.models:
                if only is not None and node.name not in only:
                    continue
                if node.language == "python":
                    self._run_python(connection, node)
                    continue
                sql = node.compiled_code
                for old, new in (replace or {}).items():
                    sql = sql.replace(old, new)
                self._create(connection, node, sql)
        return database

    def _run_python(self, connection, node):
        """Runs a Python model, whose `dbt` here knows refs and ignores configuration."""
        path = PROJECT_ROOT / node.original_file_path
        scope = runpy.run_path(str(path))
        context = SimpleNamespace(
            config=lambda **_: None,
            ref=lambda name: connection.table(self._relations[name]),
        )
        rows = scope["model"](context, connection)
        connection.register("rows_of_python_model", rows)
        connection.execute(
            f"create or replace table {node.relation_name} as select * from rows_of_python_model"
        )
        connection.unregister("rows_of_python_model")

    @staticmethod
    def _create(connection, node, sql):
        """Puts one model into place as its materialization does."""
        if node.config.materialized == "connected_components":
            meta = node.config.meta
            components.resolve_model(
                connection, sql, node.relation_name, meta["node_column"], meta["component_column"]
            )
            return
        kind = "view" if node.config.materialized == "view" else "table"
        connection.execute(f"create or replace {kind} {node.relation_name} as {sql}")


def _as_yaml(vars):
    """Vars as an argument of dbt: equal text for equal vars."""
    return yaml.safe_dump(vars or {}, default_flow_style=True, sort_keys=True, width=10**6)


def _keep(messages, event):
    """Keeps what dbt shows a user: not its debug output."""
    if event.info.level in ("info", "warn", "error") and event.info.msg:
        messages.append(event.info.msg)


def _close_database():
    """dbt keeps its database open after a call, which would lock readers out."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


@contextlib.contextmanager
def _environment(values):
    """Environment variables for the time of a call."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
