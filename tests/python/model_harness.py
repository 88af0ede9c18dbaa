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
def project_vars():
    """The vars of dbt_project.yml."""
    return yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())["vars"]


def _raise(message):
    raise ConfigurationError(message)


@cache
def _environment():
    """Jinja environment in which each macro of FOLDERS is a global."""
    env = jinja2.Environment(extensions=["jinja2.ext.do"])
    env.globals.update(
        ref=lambda name: name,
        var=lambda name, default=None: project_vars().get(name, default),
        config=lambda **_: "",
        exceptions={"raise_compiler_error": _raise},
        execute=False,
    )
    files = [
        path
        for folder in FOLDERS
        for path in sorted((PROJECT_ROOT / "macros" / folder).glob("*.sql"))
    ]
    module = env.from_string("\n".join(path.read_text() for path in files)).module
    env.globals.update({k: v for k, v in vars(module).items() if isinstance(v, Macro)})
    return env


@cache
def render(model):
    """The SQL of a model by its name, with the project's own vars."""
    (path,) = (PROJECT_ROOT / "models").rglob(f"{model}.sql")
    return _environment().from_string(path.read_text()).render()


def build(models, frames):
    """Builds the models in order over {relation: frame}; returns the last one as a frame."""
    with duckdb.connect() as connection:
        for name, frame in frames.items():
            connection.register("given", frame)
            connection.execute(f"create table {name} as select * from given")
            connection.unregister("given")
        for model in models:
            connection.execute(f"create table {model} as {render(model)}")
        return connection.execute(f"select * from {models[-1]}").df()
