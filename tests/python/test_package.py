"""As a package: a project of somebody else's installs this one, points it at its own tables, turns
the demo off, overrides a definition, and builds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import new_system
import pytest
import yaml
from dbt_helpers import DATABASE_FILE, PROJECT_ROOT, Dbt, query

pytestmark = pytest.mark.slow

PARTS = ("analyses", "compat", "docs", "macros", "models", "scripts", "seeds", "tests")

# As docs/install-as-a-package.md gives them.
PROJECT = {
    "name": "acme",
    "version": "1.0.0",
    "config-version": 2,
    "profile": "acme",
    "model-paths": ["models"],
    "seed-paths": ["seeds"],
    "macro-paths": ["macros"],
    "flags": {"require_ref_searches_node_package_before_root": True},
    "vars": {"cx_systems": ["acme"], "cx_default_journey_window_days": 3},
    "seeds": {"ai_cx_metrics": {"reference": {"metric_targets": {"+enabled": False}}}},
}
PROFILE = {
    "acme": {
        "target": "dev",
        "outputs": {
            "dev": {
                "type": "duckdb",
                "path": "{{ env_var('CX_DATABASE') }}",
                "module_paths": ["dbt_packages/ai_cx_metrics/scripts"],
                "settings": {"TimeZone": "UTC", "autoinstall_known_extensions": False},
            }
        },
    }
}
TABLES = {
    "acme_calls": (
        "call_id,medium,began_at,ended_at,ended_by\n"
        "c1,chat,2026-01-05 09:00:00,2026-01-05 09:10:00,timeout\n"
        "c2,chat,2026-01-06 09:00:00,2026-01-06 09:10:00,customer_left\n"
        "c3,chat,2026-03-01 09:00:00,2026-03-01 09:10:00,completed\n"
    ),
    "acme_lines": (
        "call_id,line,said_by,said_at,topic\n"
        "c1,1,customer,2026-01-05 09:00:00,opening_hours\n"
        "c1,2,bot,2026-01-05 09:00:05,opening_hours\n"
        "c2,1,customer,2026-01-06 09:00:00,opening_hours\n"
        "c2,2,bot,2026-01-06 09:00:05,opening_hours\n"
        "c3,1,customer,2026-03-01 09:00:00,opening_hours\n"
        "c3,2,bot,2026-03-01 09:00:05,opening_hours\n"
    ),
    "acme_topics": (
        "topic,family,automatable,risk,difficulty,since\n"
        "opening_hours,information,true,low,simple,2020-01-01 00:00:00\n"
    ),
    # Stands in for the package's own seed, which is turned off.
    "metric_targets": (PROJECT_ROOT / "seeds/reference/metric_targets.csv").read_text("utf-8"),
}
MAPPED = {
    "interactions": (
        "acme_calls",
        {
            "source_event_id": "call_id",
            "ingested_at": "ended_at",
            "interaction_id": "call_id",
            "channel": "medium",
            "direction": "'inbound'",
            "started_at": "began_at",
            "ended_at": "ended_at",
            "end_reason": "ended_by",
        },
    ),
    "turns": (
        "acme_lines",
        {
            "source_event_id": "call_id || '-' || cast(line as string)",
            "ingested_at": "said_at",
            "interaction_id": "call_id",
            "turn_number": "line",
            "actor_type": "said_by",
            "occurred_at": "said_at",
            "intent_id": "topic",
        },
    ),
    "intent_catalogue": (
        "acme_topics",
        {
            "source_event_id": "topic",
            "intent_id": "topic",
            "intent_family": "family",
            "is_automatable": "automatable",
            "risk_tier": "risk",
            "complexity": "difficulty",
            "valid_from": "since",
        },
    ),
}
OVERRIDE = """
{% macro default__is_left_by_customer() -%}
    coalesce(end_reason = 'customer_left', false)
{%- endmacro %}

{% macro default__is_forced_termination() -%}
    last_actor_type = 'bot' and coalesce(end_reason = 'timeout', false)
{%- endmacro %}

{% macro default__has_frustration_signals() -%}
    bot_turns >= 1
{%- endmacro %}
"""


def mapped_sql(table):
    """The staging model of a table: its own columns cast, every other one a typed null."""
    seed, given = MAPPED[table]
    lines = []
    for name, kind, *_ in new_system.canonical_tables()[table]:
        value = "'acme'" if name == "source_system" else given.get(name, "null")
        alias = '"trigger"' if name == "trigger" else name
        lines.append(f"    cast({value} as {kind}) as {alias}")
    return "select\n" + ",\n".join(lines) + f"\nfrom {{{{ ref('{seed}') }}}}\n"


def published_package(folder):
    """The files of this project as another one gets them. The stand-in spares the hub."""
    for part in PARTS:
        shutil.copytree(PROJECT_ROOT / part, folder / part, ignore=shutil.ignore_patterns("__py*"))
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", folder)
    write_yaml(folder / "packages.yml", {"packages": [{"local": str(folder / "compat/dbt_utils")}]})
    return folder


def write_yaml(path, content):
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """The other project, with this one installed by `dbt deps`; it parses without a warning."""
    folder = tmp_path_factory.mktemp("acme")
    package, root = folder / "published", folder / "acme"
    package.mkdir()
    (root / "seeds").mkdir(parents=True)
    (root / "macros").mkdir()
    published_package(package)
    write_yaml(root / "dbt_project.yml", PROJECT)
    write_yaml(root / "profiles.yml", PROFILE)
    write_yaml(root / "packages.yml", {"packages": [{"local": str(package)}]})
    for name, text in TABLES.items():
        (root / "seeds" / f"{name}.csv").write_text(text, encoding="utf-8")

    staging = new_system.write_system("acme", root)
    for table in MAPPED:
        (staging / f"stg_acme__{table}.sql").write_text(mapped_sql(table), encoding="utf-8")
    environment = os.environ | {"CX_DATABASE": str(folder / DATABASE_FILE)}
    environment["DBT_PROFILES_DIR"] = str(root)
    for arguments in (["deps"], ["--warn-error", "parse"]):
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments]
        ran = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    return Dbt(folder / "dbt", root)


def journeys(run):
    """{interaction: (outcome, rage quit, window in days)} of the journeys of a run."""
    rows = query(
        run.database,
        "select first_interaction_id as id, outcome, is_rage_quit as rage,"
        " date_diff('day', ended_at, window_ends_at) as days from fct_journeys",
    )
    return {row["id"]: (row["outcome"], row["rage"], row["days"]) for row in rows}


def test_it_builds_from_the_other_projects_tables(acme):
    """Everything with its tests, and warnings as errors; unit tests have tables of their own."""
    run = acme("--warn-error", "build", "--exclude-resource-type", "unit_test")
    assert journeys(run) == {
        "acme:c1": ("abandoned", False, 3),
        "acme:c2": ("abandoned", False, 3),
        "acme:c3": ("open", False, 3),
    }
    estimates = query(
        run.database,
        "select metric_id, value, n, status, status_reason from metric_estimates"
        " where period = 'all' and slice_dimension = 'overall'",
    )
    found = {row["metric_id"]: row for row in estimates}
    # Nobody was helped by a human, and two customers left: the vendor counts both as contained.
    assert found["containment_rate_vendor"]["value"] == 1.0
    assert found["containment_rate"]["value"] == 0.0
    assert found["containment_rate"]["n"] == 2
    assert {row["status"] for row in estimates} == {"degraded", "not_computable"}
    assert found["offer_conversion"]["status_reason"] == "no offers"
    shown = query(run.database, "select count(distinct metric_id) as metrics from scorecard")
    assert shown == [{"metrics": len(found)}]

    nodes = next(iter(acme._manifests.values())).nodes
    assert not [name for name in nodes if "demo__" in name]
    assert nodes["model.ai_cx_metrics.metric_targets_resolved"].depends_on.nodes[:1] == [
        "seed.acme.metric_targets"
    ]


def test_overridden_definitions_count(acme):
    """Leaving, cutting off and frustration, each read from end reason and turns in another way."""
    (acme.project_root / "macros/definitions.sql").write_text(OVERRIDE, encoding="utf-8")
    acme._manifests.clear()
    kinds = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    run = acme("--warn-error", "build", "--select", "+fct_journeys", "+metric_glossary", *kinds)
    assert journeys(run) == {
        "acme:c1": ("forced_termination", False, 3),
        "acme:c2": ("abandoned", True, 3),
        "acme:c3": ("open", False, 3),
    }
