"""Run the SQL of single models on data frames: no dbt, no database, milliseconds.

For models that need nothing of dbt but ref, var, config and the project's macros: plain Jinja
renders them, and DuckDB runs them over the frames that stand for what they refer to.
"""

from functools import cache

import duckdb
import jinja2
import yaml
from dbt_helpers import PROJECT_ROOT
from jinja2.runtime import Macro
from macros_harness import ConfigurationError

FOLDERS = ("engine", "statistics", "metrics")


@cache
def _project_vars():
    return yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())["vars"]


def _raise(message):
    raise ConfigurationError(message)


def render(model, given_vars=None):
    """The SQL of a model by its name; given_vars: {var: value} beside the project's own."""
    values = _project_vars() | (given_vars or {})
    env = jinja2.Environment(extensions=["jinja2.ext.do"])
    env.globals.update(
        ref=lambda name: name,
        var=lambda name, default=None: values.get(name, default),
        config=lambda **_: "",
        exceptions={"raise_compiler_error": _raise},
        execute=False,
    )
    files = [
        path
        for folder in FOLDERS
        for path in sorted((PROJECT_ROOT / "macros" / folder).glob("*.sql"))
        if "{% test " not in path.read_text()
    ]
    module = env.from_string("\n".join(path.read_text() for path in files)).module
    env.globals.update({k: v for k, v in vars(module).items() if isinstance(v, Macro)})
    (path,) = (PROJECT_ROOT / "models").rglob(f"{model}.sql")
    return env.from_string(path.read_text()).render()


def build(models, frames, given_vars=None):
    """Builds the models in order over {relation: frame}; returns the last one as a frame."""
    with duckdb.connect() as connection:
        for name, frame in frames.items():
            connection.register("given", frame)
            connection.execute(f"create table {name} as select * from given")
            connection.unregister("given")
        for model in models:
            connection.execute(f"create table {model} as {render(model, given_vars)}")
        return connection.execute(f"select * from {models[-1]}").df()
