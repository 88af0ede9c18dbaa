"""The semantic layer: MetricFlow returns the numbers of the marts."""

import csv
import shutil

import pytest
import yaml
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, _close_database

SEMANTICS = PROJECT_ROOT / "models/marts/scorecard/_semantic_models.yml"
REGISTRY = PROJECT_ROOT / "seeds/reference/metric_registry.csv"


def registry():
    """{metric: registry row}."""
    with REGISTRY.open(encoding="utf-8") as file:
        return {row["metric_id"]: row for row in csv.DictReader(file)}


ADDITIVE = [name for name, row in registry().items() if row["kind"] != "quantile"]
QUANTILES = [name for name, row in registry().items() if row["kind"] == "quantile"]


@pytest.fixture(scope="module")
def ask(dbt, demo_database, tmp_path_factory):
    """`ask(metrics, groups)` -> rows (dicts) of what `mf query` returns on the demo company."""
    import dbt_metricflow.cli.cli_configuration as cli
    from dbt.contracts.graph.semantic_manifest import SemanticManifest
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    folder = tmp_path_factory.mktemp("semantic_layer")
    # MetricFlow keeps its database open for writing, which would lock out the tests' own queries.
    database = shutil.copyfile(demo_database, folder / DATABASE_FILE)
    (folder / "target").mkdir()
    SemanticManifest(dbt.manifest()).write_json_to_file(
        str(folder / "target/semantic_manifest.json")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT_ROOT)
        patch.setenv("CX_DATABASE", str(database))
        patch.setenv("DBT_PROFILES_DIR", str(PROJECT_ROOT))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        configuration = cli.CLIConfiguration()
        configuration.setup(PROJECT_ROOT, PROJECT_ROOT, configure_file_logging=False)
        # MetricFlow reads target/semantic_manifest.json of this folder, whatever DBT_TARGET_PATH.
        configuration.dbt_project_metadata.project_path = folder

        def ask(metrics, groups=()):
            request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=groups)
            result = configuration.mf.query(request).result_df
            return [dict(zip(result.column_names, row, strict=True)) for row in result.rows]

        yield ask
        _close_database()


def estimates(demo_query, period, dimension):
    """{(metric, period start, slice): value} of the mart metric_estimates."""
    rows = demo_query(
        "select metric_id, period_starts_on, slice_value, value from metric_estimates"
        " where period = ? and slice_dimension = ? and value is not null",
        [period, dimension],
    )
    return {(r["metric_id"], r["period_starts_on"], r["slice_value"]): r["value"] for r in rows}


def test_every_published_metric_is_there_under_its_name():
    metrics = {m["name"]: m for m in yaml.safe_load(SEMANTICS.read_text("utf-8"))["metrics"]}
    assert {name: metric["label"] for name, metric in metrics.items()} == {
        name: row["name"] for name, row in registry().items()
    }
    for name, metric in metrics.items():
        assert metric["description"].startswith(f"Defined by metric_{name}. ")
    filters = {name: metric["filter"].split("'")[-2] for name, metric in metrics.items()}
    assert filters == {name: name for name in registry()}


def test_the_values_of_all_time_are_those_of_the_estimates(ask, demo_query):
    [answer] = ask(ADDITIVE)
    expected = {key[0]: v for key, v in estimates(demo_query, "all", "overall").items()}
    published = [name for name in ADDITIVE if name in expected]
    assert len(published) >= 40
    assert {name: float(answer[name]) for name in published} == pytest.approx(
        {name: expected[name] for name in published}, rel=1e-9
    )


@pytest.mark.parametrize("dimension", ["intent_id", "channel", "customer_segment", "risk_tier"])
def test_slices_are_those_of_the_estimates(ask, demo_query, dimension):
    names = ["containment_rate", "violation_rate", "cost_per_resolved_intent", "survey_csat"]
    answer = {row[f"unit__{dimension}"]: row for row in ask(names, [f"unit__{dimension}"])}
    expected = estimates(demo_query, "all", dimension)
    expected = {(k[0], k[2]): v for k, v in expected.items() if k[0] in names}
    assert len(expected) >= 8
    got = {(name, value): float(answer[value][name]) for name, value in expected}
    assert got == pytest.approx(expected, rel=1e-9)


def test_weeks_are_those_of_the_estimates(ask, demo_query):
    names = ["containment_rate", "agent_sla_adherence", "average_handle_time"]
    answer = {row["metric_time__week"].date(): row for row in ask(names, ["metric_time__week"])}
    expected = estimates(demo_query, "week", "overall")
    expected = {(k[0], k[1]): v for k, v in expected.items() if k[0] in names}
    assert len(expected) >= 60
    got = {(name, week): float(answer[week][name]) for name, week in expected}
    assert got == pytest.approx(expected, rel=1e-9)


def test_quantiles_are_those_of_the_scorecard(ask, demo_query):
    [answer] = ask(QUANTILES)
    shown = demo_query(
        "select metric_id, value from scorecard where period = 'last_4_weeks'"
        " and slice_dimension = 'overall' and value is not null"
    )
    expected = {row["metric_id"]: row["value"] for row in shown if row["metric_id"] in QUANTILES}
    assert len(expected) >= 4
    assert {name: answer[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_a_quantile_is_not_sliced(ask):
    with pytest.raises(Exception, match="does not match any of the available group-by-items"):
        ask(["time_to_resolution"], ["unit__channel"])
