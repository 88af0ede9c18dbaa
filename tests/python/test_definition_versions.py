"""A definition that changes without a new version stops the build; other writing does not."""

import shutil

import pytest
import update_definition_hashes
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt

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


def test_every_published_version_is_recorded():
    registry = update_definition_hashes.rows_of(update_definition_hashes.REGISTRY)
    recorded = update_definition_hashes.rows_of(update_definition_hashes.DEFINITIONS)
    keys = {(row["metric_id"], row["version"]) for row in recorded}
    assert {(row["metric_id"], row["version"]) for row in registry} <= keys


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
