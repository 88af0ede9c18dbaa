"""Render the project's macros without dbt and run their SQL on DuckDB.

The statistics macros use nothing of dbt but calls to each other, so plain Jinja suffices; macros
that differ by engine go through `adapter.dispatch`, for which a small stand-in is given.
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import sqlglot
from jinja2.runtime import Macro

MACROS = Path(__file__).parents[2] / "macros"
FOLDERS = ("engine", "statistics")


class ConfigurationError(ValueError):
    """What `exceptions.raise_compiler_error` raises outside dbt."""


class _Exceptions:
    @staticmethod
    def raise_compiler_error(message):
        raise ConfigurationError(message)


class _Adapter:
    """Finds `duckdb__name`, else `default__name`, as dbt does on DuckDB."""

    def __init__(self, env):
        self.env = env

    def dispatch(self, name, package=None):
        return self.env.globals.get(f"duckdb__{name}") or self.env.globals[f"default__{name}"]


@cache
def environment():
    """Jinja environment in which each macro of macros/statistics and macros/engine is a global."""
    env = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    package = SimpleNamespace()
    env.globals.update(exceptions=_Exceptions, adapter=_Adapter(env), ai_cx_metrics=package)
    env.globals["return"] = lambda value: value
    files = [path for folder in FOLDERS for path in sorted((MACROS / folder).glob("*.sql"))]
    # One module, because Jinja does not export names with a leading underscore.
    module = env.from_string("\n".join(path.read_text() for path in files)).module
    macros = {k: v for k, v in vars(module).items() if isinstance(v, Macro)}
    env.globals.update(macros)
    vars(package).update(macros)
    return env


def render(sql):
    """The SQL that a model holding `sql` would compile to."""
    return environment().from_string(sql).render()


def run(sql, **frames):
    """Rendered SQL, run on DuckDB over the given data frames, as a pandas frame."""
    with duckdb.connect() as connection:
        for name, frame in frames.items():
            connection.register(name, frame)
        return connection.execute(render(sql)).df()


def column(expression, frame):
    """One rendered expression over the rows of a frame (column `i` keeps their order)."""
    frame = frame.assign(i=range(len(frame)))
    return run(f"select {expression} as v from frame order by i", frame=frame)["v"].to_numpy()


def parses_on_spark(sql):
    """Spark's grammar as sqlglot knows it accepts the rendered SQL."""
    return sqlglot.parse_one(render(sql), read="spark") is not None
