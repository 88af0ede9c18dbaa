"""A metric is one model, its YAML and one registry row: what is missing is named in a sentence.

The macros are rendered as dbt would, with a small graph and registry in place of the project's.
"""

import copy
from types import SimpleNamespace

import jinja2
import pytest
from dbt_helpers import PROJECT_ROOT

PROSE = ("unit_of_analysis", "inclusion", "exclusion", "confirmation", "segmentation", "owner")
ROW = {
    "metric_id": "wait",
    "name": "Wait",
    "category": "operational",
    "tier": "headline",
    "leading_lagging": "leading",
    "kind": "mean",
    "unit": "seconds",
    "direction": "down",
    "owner": "Operations",
    "min_coverage": None,
    "version": 1,
    "valid_from": "2026-01-01",
}

OPTIONAL = ("metric_id", "min_coverage")


class CompilerError(Exception):
    """What dbt's exceptions.raise_compiler_error raises."""


class Returned(Exception):
    """Carries the value of dbt's return()."""


def _raise(error):
    raise error


def model(name="metric_wait", **changes):
    """A metric's model as the graph of dbt holds it."""
    node = {
        "resource_type": "model",
        "name": name,
        "fqn": ["ai_cx_metrics", "marts", "metrics", name],
        "description": "One row per interaction. How long it waited.",
        "config": {"meta": {key: f"the {key}" for key in PROSE}},
    }
    node.update(changes)
    return node


def call(macro, nodes=(), metrics=("wait",), rows=(), arguments=""):
    """What a macro of metric_definitions.sql returns; its compiler error is raised."""
    env = jinja2.Environment(extensions=["jinja2.ext.do"])
    source = (PROJECT_ROOT / "macros" / "metrics" / "metric_definitions.sql").read_text()
    env.globals.update(
        graph={"nodes": {node["name"]: node for node in nodes}},
        var=lambda name: list(metrics),
        execute=True,
        load_relation=lambda relation: relation,
        run_query=lambda sql: SimpleNamespace(rows=list(rows)),
        exceptions=SimpleNamespace(raise_compiler_error=lambda text: _raise(CompilerError(text))),
    )
    env.globals["return"] = lambda value: _raise(Returned(value))
    try:
        env.from_string(source + "{{ " + macro + "(" + arguments + ") }}").render()
    except Returned as returned:
        return returned.args[0]
    return None


def definitions(*nodes, **options):
    return call("metric_definitions", nodes, **options)


def check_registry(*rows, **options):
    return call("check_metric_registry", rows=rows, arguments="'registry'", **options)


def test_a_complete_metric_gives_its_definition():
    (definition,) = definitions(model())
    assert definition["metric_id"] == "wait"
    assert definition["inclusion"] == "the inclusion"


def test_a_model_of_another_folder_is_no_metric():
    other = model("metric_daily", fqn=["ai_cx_metrics", "marts", "scorecard", "metric_daily"])
    assert len(definitions(model(), other)) == 1


def test_a_missing_model_is_named():
    with pytest.raises(CompilerError, match="'wait' is in var cx_metrics but has no model"):
        definitions()


def test_an_unlisted_model_is_named():
    with pytest.raises(CompilerError, match="Model metric_talk is not in var cx_metrics"):
        definitions(model(), model("metric_talk"))


def test_a_missing_description_is_named():
    with pytest.raises(CompilerError, match="'wait' has no description"):
        definitions(model(description=""))


@pytest.mark.parametrize("part", PROSE)
def test_each_missing_part_of_the_definition_is_named(part):
    node = copy.deepcopy(model())
    del node["config"]["meta"][part]
    with pytest.raises(CompilerError, match=f"'wait' does not state its {part}"):
        definitions(node)


def test_a_complete_registry_passes():
    assert check_registry(ROW) is None


def test_a_missing_registry_row_is_named():
    with pytest.raises(CompilerError, match="'wait' has no row in"):
        check_registry()


def test_a_registry_row_without_a_metric_is_named():
    with pytest.raises(CompilerError, match=r"'talk' stands in .* but not in var cx_metrics"):
        check_registry(ROW, ROW | {"metric_id": "talk"})


@pytest.mark.parametrize("column", [column for column in ROW if column not in OPTIONAL])
@pytest.mark.parametrize("nothing", [None, " "])
def test_each_empty_registry_column_is_named(column, nothing):
    with pytest.raises(CompilerError, match=f"'wait' has no {column} in"):
        check_registry(ROW | {column: nothing})


@pytest.mark.parametrize("share", [None, 0, 0.02, 1])
def test_a_minimum_coverage_is_a_share_or_that_of_the_var(share):
    assert check_registry(ROW | {"min_coverage": share}) is None


@pytest.mark.parametrize("share", [-0.1, 2, "half"])
def test_a_minimum_coverage_that_is_no_share_is_named(share):
    with pytest.raises(CompilerError, match=f"'wait' has a min_coverage of {share} in"):
        check_registry(ROW | {"min_coverage": share})
