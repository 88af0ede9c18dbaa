"""A wrong configuration stops dbt with a sentence that names the var and says what to change."""

import re
import shutil

import pytest
import yaml
from dbt_helpers import PROJECT_ROOT, Dbt

VARS = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())["vars"]
NO_FILES = "/no/such/folder"

# (vars on the command line, what dbt says; None: it takes them)
CASES = [
    ({}, None),
    ({"cx_min_n": "abc"}, "var cx_min_n is abc: set it to a whole number of units."),
    ({"cx_min_n": True}, "var cx_min_n is True: set it to a whole number of units."),
    ({"cx_min_n": 30.5}, "var cx_min_n is 30.5: set it to a whole number of units."),
    ({"cx_min_n": None}, "var cx_min_n is null: set it to a whole number of units."),
    (
        {"cx_min_n": 0},
        "var cx_min_n is 0: set it to a whole number of units that is at least 1.",
    ),
    ({"cx_min_n": 1}, None),
    ({"cx_min_coverage": 1.5}, "var cx_min_coverage is 1.5: set it to a number that is at most 1."),
    ({"cx_journey_max_days": 0.5}, "at least 1."),
    (
        {"cx_journey_max_days": "90"},
        "var cx_journey_max_days is 90: set it to a number of days.",
    ),
    ({"cx_demo_path": ""}, "var cx_demo_path is : set it to a text or null."),
    ({"cx_demo_path": NO_FILES}, f"var cx_demo_path is {NO_FILES}, where there is no file"),
    ({"cx_demo_path": str(PROJECT_ROOT / "macros")}, None),
    ({"cx_demo_path": str(PROJECT_ROOT / "*.yml")}, None),
    ({"cx_earliest_event_date": "2019-12-31"}, None),
    ({"cx_earliest_event_date": "31/12/2019"}, "set it to a date such as 2000-01-31."),
    ({"cx_earliest_event_date": "2019-13-01"}, "set it to a date such as 2000-01-31."),
    ({"cx_identity_as_of": "2026-05-01 12:30:00"}, None),
    ({"cx_identity_as_of": "yesterday"}, "set it to a date such as 2000-01-31 or null."),
    ({"cx_identity_max_degree_by_type": {"phone": 5}}, None),
    ({"cx_identity_max_degree_by_type": {}}, None),
    ({"cx_identity_max_degree_by_type": {"phone": 0}}, "that is at least 1."),
    ({"cx_identity_max_degree_by_type": 20}, "a whole number for each name, such as {one: 1,"),
    ({"cx_identity_placeholder_values": [0]}, "is [0]: set it to a list of texts"),
    ({"cx_systems": "demo"}, "var cx_systems is demo: set it to a list of names"),
    ({"cx_systems": []}, "var cx_systems is empty: name at least 1."),
    ({"cx_systems": ["Demo"]}, "var cx_systems holds 'Demo', which is no name"),
    ({"cx_systems": ["demo", "demo"]}, "var cx_systems names something twice"),
    (
        {"cx_systems": ["demo", "acme"]},
        "cx_systems holds acme but there is no model stg_acme__interactions, "
        "stg_acme__interaction_identifiers,",
    ),
    (
        {"cx_systems": ["tau2"]},
        "cx_systems holds tau2 but var cx_tau2_path is null: set it to the folder or glob",
    ),
    (
        {"cx_systems": ["tickets"]},
        "cx_systems holds tickets but var cx_tickets_path is null: set it to the folder or glob",
    ),
    ({"cx_tickets_columns": {"case_id": "Ticket number"}}, None),
    ({"cx_tickets_columns": {"case_id": 1}}, "set it to a text for each name, such as {one: 'a',"),
    ({"cx_tickets_columns": "Ticket number"}, "set it to a text for each name, such as"),
    ({"cx_absent_inputs": ["offers"]}, None),
    (
        {"cx_absent_inputs": ["offer"]},
        "var cx_absent_inputs holds 'offer': use only interactions,",
    ),
    (
        {"cx_absent_inputs": ["offers", "turns"]},
        "var cx_absent_inputs holds 'turns', which is required: take it out.",
    ),
    ({"containment_forced_terminations": "exclude"}, None),
    (
        {"containment_forced_terminations": "drop"},
        "var containment_forced_terminations is drop: set it to one of fail, exclude.",
    ),
    ({"cx_smin_n": 30}, "--vars sets cx_smin_n, which this project does not have"),
]


@pytest.fixture(scope="session")
def small_dbt(tmp_path_factory):
    """dbt on the project's own vars, hook and macros, with a demo system that delivers nothing."""
    root = tmp_path_factory.mktemp("small") / "project"
    (root / "models").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copyfile(PROJECT_ROOT / name, root / name)
    for name in ("config", "inputs", "engine"):
        shutil.copytree(PROJECT_ROOT / "macros" / name, root / "macros" / name)
    contract = (PROJECT_ROOT / "macros" / "inputs" / "canonical_tables.sql").read_text()
    for table in re.findall(r'^ {8}"(\w+)": \{$', contract, re.MULTILINE):
        stub = f"{{{{ canonical_empty('{table}') }}}}"
        (root / "models" / f"stg_demo__{table}.sql").write_text(stub)
    return Dbt(tmp_path_factory.mktemp("small_dbt"), root)


def compiled(dbt, sql):
    """What a text of SQL and Jinja compiles to."""
    return dbt("compile", "--quiet", "--inline", sql).results[0].node.compiled_code


@pytest.fixture(scope="session")
def problems(small_dbt):
    """What the check says of each case, in order; one call of dbt judges them all."""
    calls = "".join(
        f"{{% do said.append(config_problems({VARS | given!r}, {given!r})) %}}"
        for given, _ in CASES
    )
    return yaml.safe_load(
        compiled(small_dbt, f"{{% set said = [] %}}{calls}{{{{ tojson(said) }}}}")
    )


@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda i: str(CASES[i][0]))
def test_vars_are_judged(problems, case):
    sentence = CASES[case][1]
    said = problems[case]
    assert (said == []) if sentence is None else (sentence in said[0]), said


def test_several_problems_are_said_at_once(small_dbt):
    given = {"cx_min_n": 0, "cx_segment_type": None, "cx_smin_n": 1}
    said = compiled(small_dbt, f"{{{{ config_problems({VARS | given!r}, {given!r}) | length }}}}")
    assert said == "3"


def test_a_run_with_the_defaults_goes_on(small_dbt):
    assert small_dbt("run", "--select", "stg_demo__offers").success


@pytest.mark.parametrize(
    ("vars", "sentence"),
    [
        ({"cx_min_n": "abc"}, "var cx_min_n is abc: set it to a whole number of units."),
        ({"cx_smin_n": 5}, "--vars sets cx_smin_n, which this project does not have"),
        ({"cx_systems": ["acme"]}, "there is no model stg_acme__interactions,"),
    ],
    ids=["while parsing", "of the command line", "of the graph"],
)
def test_a_run_is_stopped(small_dbt, vars, sentence):
    run = small_dbt("run", "--select", "stg_demo__offers", vars=vars, check=False)
    assert not run.success
    assert sentence in run.text
    assert "stg_demo__offers" not in run.statuses()


def test_every_var_of_the_project_has_a_rule(small_dbt):
    ruled = compiled(small_dbt, "{{ config_rules() | join(' ') }}").split()
    assert sorted(VARS) == sorted(ruled)
