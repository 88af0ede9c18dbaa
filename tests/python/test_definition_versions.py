"""A definition that changes without a new version stops the build; other writing does not.

Through a changeover two versions are computed side by side, and history keeps what was published.
"""

import shutil
from datetime import date

import new_metric_version
import pytest
import update_definition_hashes
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt, frame

REGISTRY = [
    {"metric_id": "kept", "version": "1", "valid_from": "2025-01-01"},
    {"metric_id": "changed", "version": "1", "valid_from": "2025-01-01"},
    {"metric_id": "raised", "version": "2", "valid_from": "2026-03-01"},
    {"metric_id": "new", "version": "1", "valid_from": "2026-03-01"},
]
RECORDED = [
    {
        "metric_id": metric_id,
        "version": "1",
        "valid_from": "2025-01-01",
        "definition_hash": f"{metric_id} 1",
        "reason": "first version",
    }
    for metric_id in ("kept", "changed", "raised")
]
HASHES = {"kept": "kept 1", "changed": "changed 2", "raised": "raised 2", "new": "new 1"}


def hashes_of(rows):
    return {(row["metric_id"], row["version"]): row["definition_hash"] for row in rows}


def test_versions_are_recorded_and_history_is_kept():
    rows, refused = update_definition_hashes.updated(REGISTRY, RECORDED, HASHES, "stricter")
    assert refused == ["changed"]
    assert hashes_of(rows) == {
        ("kept", "1"): "kept 1",
        ("changed", "1"): "changed 1",
        ("raised", "1"): "raised 1",
        ("raised", "2"): "raised 2",
        ("new", "1"): "new 1",
    }
    raised = next(row for row in rows if (row["metric_id"], row["version"]) == ("raised", "2"))
    assert raised["valid_from"] == "2026-03-01" and raised["reason"] == "stricter"


def test_another_writing_is_accepted_when_told():
    rows, refused = update_definition_hashes.updated(REGISTRY, RECORDED, HASHES, "x", accept=True)
    assert refused == []
    assert hashes_of(rows)["changed", "1"] == "changed 2"


def test_a_kept_version_is_held_to_what_was_recorded_for_it():
    registry = [*REGISTRY, REGISTRY[2] | {"metric_id": "raised_v1", "version": "1"}]
    same = HASHES | {"raised_v1": "raised 1"}
    rows, refused = update_definition_hashes.updated(registry, RECORDED, same, "stricter")
    assert refused == ["changed"] and ("raised_v1", "1") not in hashes_of(rows)
    other = HASHES | {"raised_v1": "raised 2"}
    rows, refused = update_definition_hashes.updated(registry, RECORDED, other, "stricter")
    assert refused == ["changed", "raised_v1"] and hashes_of(rows)["raised", "1"] == "raised 1"


def test_every_published_version_is_recorded():
    registry = update_definition_hashes.rows_of(update_definition_hashes.REGISTRY)
    recorded = update_definition_hashes.rows_of(update_definition_hashes.DEFINITIONS)
    keys = {(row["metric_id"], row["version"]) for row in recorded}
    ids = {row["metric_id"] for row in registry}
    kept = update_definition_hashes.kept_metric
    assert {(kept(row["metric_id"], ids), row["version"]) for row in registry} <= keys


@pytest.fixture
def project_copy(tmp_path):
    """The project in another folder, so that a test may change its code (Path)."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("dbt_project.yml", "profiles.yml", "packages.yml"):
        shutil.copyfile(PROJECT_ROOT / name, root / name)
    for name in ("macros", "models", "seeds", "dbt_packages", "tests"):
        if (PROJECT_ROOT / name).exists():
            shutil.copytree(PROJECT_ROOT / name, root / name)
    return root


@pytest.mark.slow
def test_a_changed_definition_stops_the_build(project_copy, demo_copy, tmp_path):
    model = project_copy / "models" / "marts" / "metrics" / "metric_offer_conversion.sql"
    code = model.read_text()
    command = ("run", "--select", "metric_glossary")

    model.write_text("-- said otherwise\n" + code.replace("    ", "        "))
    assert Dbt(tmp_path / "same", project_copy)(*command, database=demo_copy).success

    model.write_text(code.replace("and offers.reversed_at is null", ""))
    run = Dbt(tmp_path / "changed", project_copy)(*command, database=demo_copy, check=False)
    assert not run.success
    assert "The definition of metric 'offer_conversion' is no longer the one" in run.text
    assert "raise its version" in run.text and "update_definition_hashes.py" in run.text
    assert "'offer_conversion'" in run.text and "'violation_rate'" not in run.text
    assert demo_copy.name == DATABASE_FILE


BUILD = (
    *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
    "--select",
)
CHANGEOVER = (
    "metric_registry",
    "metric_definition_hashes",
    "metric_offer_conversion",
    "metric_offer_conversion_v1",
    "metric_glossary",
    "metric_versions",
    "metric_input_gaps",
    "metric_availability",
    "metric_daily",
    "metric_daily_bins",
    "metric_design_effects",
    "metric_slices",
    "metric_quantiles",
    "metric_segments_withheld",
    "metric_estimates",
    "metric_history",
)
# What each version counts, from the offers themselves: month of the offer, offers, taken ones.
OFFERS = """
    select cast(date_trunc('month', cast(offers.presented_at as date)) as date) as month,
        count(*) as offers,
        count_if(offers.accepted_at is not null and offers.reversed_at is null) as kept,
        count_if(offers.accepted_at is not null) as taken
    from int_offers_attributed as offers
    inner join fct_contacts using (contact_id)
    inner join fct_journeys using (journey_id)
    where offers.kind <> 'channel_shift' and fct_journeys.is_mature
    group by month having count(*) >= 30
"""
HISTORY = "select * from metric_history where metric_id = 'offer_conversion' and period = 'month'"


@pytest.mark.slow
def test_a_changeover_computes_both_versions_and_keeps_what_was_published(
    project_copy, demo_copy, tmp_path, monkeypatch
):
    """The second version counts offers that were taken and given back as well."""
    versions = frame(demo_copy, "select max(definition_version) as latest from metric_history")
    assert versions["latest"][0] >= 1, "the demo has recorded what it published"
    before = frame(demo_copy, HISTORY)
    new_metric_version.begin(project_copy, "offer_conversion", date(2027, 1, 1), keep=True)
    metrics = project_copy / "models" / "marts" / "metrics"
    model = metrics / "metric_offer_conversion.sql"
    model.write_text(model.read_text().replace(" and offers.reversed_at is null", ""))

    run = Dbt(tmp_path / "unrecorded", project_copy)(
        *BUILD, "metric_registry", "metric_glossary", database=demo_copy, check=False
    )
    assert (
        not run.success and "'offer_conversion' has no recorded definition of version 2" in run.text
    )

    monkeypatch.setenv("CX_DATABASE", str(tmp_path / "hashes" / DATABASE_FILE))
    (tmp_path / "hashes").mkdir()
    registry = project_copy / "seeds" / "reference" / "metric_registry.csv"
    recorded = project_copy / "seeds" / "reference" / "metric_definition_hashes.csv"
    rows, refused = update_definition_hashes.updated(
        update_definition_hashes.rows_of(registry),
        update_definition_hashes.rows_of(recorded),
        update_definition_hashes.current_hashes(project_copy),
        "offers given back count",
    )
    assert refused == []
    update_definition_hashes.write(recorded, rows)
    built = Dbt(tmp_path / "changed", project_copy)
    built(*BUILD, *CHANGEOVER, database=demo_copy)

    offers = frame(demo_copy, OFFERS).set_index("month").sort_index()
    assert len(offers) >= 3 and (offers["taken"] > offers["kept"]).any()
    published = frame(
        demo_copy,
        """select * from metric_estimates where metric_id like 'offer_conversion%'
        and period = 'month' and slice_dimension = 'overall' and n >= 30""",
    ).set_index("period_starts_on")
    for metric_id, version, counted in (
        ("offer_conversion", 2, "taken"),
        ("offer_conversion_v1", 1, "kept"),
    ):
        of_version = published[published["metric_id"] == metric_id].sort_index()
        assert set(of_version["definition_version"]) == {version}
        wanted = (offers[counted] / offers["offers"]).to_list()
        assert of_version["value"].to_list() == pytest.approx(wanted, abs=1e-12)

    history = frame(demo_copy, HISTORY)
    old = history[history["definition_version"] == 1]
    assert len(old) == len(before) > 0
    kept = published[published["metric_id"] == "offer_conversion_v1"]["value"]
    recorded = old.set_index("period_starts_on")["value"].loc[kept.index]
    assert recorded.to_list() == pytest.approx(kept.to_list(), rel=1e-9)
    assert set(history[history["definition_version"] == 2]["period_starts_on"]) == set(
        old["period_starts_on"]
    )
    others = "select count(*) as n from metric_history where recorded_at > (select min(recorded_at)"
    others += " from metric_history) and metric_id not like 'offer_conversion%'"
    assert frame(demo_copy, others)["n"][0] == 0

    known = frame(demo_copy, "select * from metric_versions where metric_id = 'offer_conversion'")
    assert known.sort_values("definition_version")["computed_as"].to_list() == [
        "offer_conversion_v1",
        "offer_conversion",
    ]

    # What the kept version rests on changes: it is no longer what was recorded.
    kept_model = metrics / "metric_offer_conversion_v1.sql"
    kept_model.write_text(kept_model.read_text().replace("offers.reversed_at is null", "true"))
    run = Dbt(tmp_path / "drifted", project_copy)(
        "run", "--select", "metric_glossary", database=demo_copy, check=False
    )
    assert not run.success
    assert "'offer_conversion_v1' is not what was recorded as version 1 of" in run.text
    assert "'offer_conversion' is no longer" not in run.text
