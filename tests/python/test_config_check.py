"""A wrong configuration stops dbt with a sentence that names the var and says what to change."""

import csv
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
    ({"cx_risk_weights": {"low": 1, "medium": 2, "high": 2}}, None),
    (
        {"cx_risk_weights": {"low": 1, "extreme": 3}},
        "var cx_risk_weights names 'extreme': use only low, medium, high.",
    ),
    ({"cx_risk_weights": {"low": -1}}, "that is at least 1."),
    ({"cx_risk_weights": [1, 2, 3]}, "set it to a whole number for each name, such as {one: 1,"),
    ({"cx_tenure_bands": {"over": 365, "under": 182}}, None),
    (
        {"cx_tenure_bands": {"new": 182, "newer": 182}},
        "gives two names the same number: give each band an upper limit of its own.",
    ),
    ({"cx_customer_age_bands": {"longer": 30}}, "names 'longer': use another name, it has a"),
    (
        {"cx_identity_max_degree_by_type": {"phone": 5, "email": 5}},
        None,
    ),
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


SEEDS = PROJECT_ROOT / "seeds" / "reference"


def seed_rows(name):
    """Rows of a reference seed as dbt's check reads them: dicts of text, None for nothing."""
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{column: value or None for column, value in row.items()} for row in rows]


# (seed, line of the file, what is written there, what dbt says)
SEED_CASES = [
    (
        "metric_targets",
        2,
        {"metric_id": "containment_rte"},
        "line 2: metric_id is 'containment_rte': write a metric of var cx_metrics "
        "(did you mean containment_rate or",
    ),
    ("metric_targets", 3, {"metric_id": "zzz"}, "write a metric of var cx_metrics."),
    (
        "metric_targets",
        12,
        {"risk_tier": "extreme"},
        "line 12: risk_tier is 'extreme': write one of low, medium, high.",
    ),
    ("metric_targets", 12, {"channel": "fax"}, "channel is 'fax': write one of voice, chat,"),
    (
        "metric_targets",
        2,
        {"valid_from": "2025-02-30"},
        "valid_from is '2025-02-30': write a date such as 2026-01-31.",
    ),
    ("metric_targets", 2, {"valid_from": "soon"}, "write a date such as 2026-01-31."),
    ("metric_targets", 2, {"target": "high"}, "target is 'high': write a number such as 0.5."),
    ("metric_targets", 2, {"target": None}, "target is empty: fill it in."),
    (
        "metric_targets",
        3,
        {"metric_id": "containment_rate"},
        "line 3 repeats line 2 in metric_id, risk_tier, channel, valid_from: keep one",
    ),
    (
        "metric_targets",
        2,
        {"target": "40"},
        "line 2: target is '40' but containment_rate is a share: write a share such as 0.8",
    ),
    (
        "metric_targets",
        2,
        {"metric_id": "queue_mix_automated_share"},
        "queue_mix_automated_share is neither better high nor low (direction none",
    ),
    (
        "metric_targets",
        2,
        {"metric_id": "survey_csat", "valid_from": "2025-06-01", "target": "84"},
        "target is '84', outside the scale of survey_csat: write a number from 1 to 5.",
    ),
    ("effort_weights", 2, {"weight": "-20"}, "line 2: weight is '-20': write a number such as"),
    ("effort_weights", 2, {"weight": "25"}, "the weights add up to 105.0: change them"),
    ("effort_weights", 2, {"saturates_at": "0"}, "saturates_at is '0': write a number such as"),
    ("effort_weights", 2, {"component": "patience"}, "write one of extra_turns, clarifications"),
    ("sla_targets", 2, {"sla": "answer_seconds"}, "write one of handoff_wait_seconds,"),
    ("sla_targets", 2, {"target": "-1"}, "target is '-1': write a number such as 0.5 above 0."),
    ("service_hours", 2, {"weekday": "8"}, "write a whole number that is at most 7."),
    ("service_hours", 2, {"opens_at": "7 am"}, "opens_at is '7 am': write a time such as 08:30."),
    ("service_hours", 2, {"time_zone": "Europe/Berlim"}, "write an IANA name such as"),
    (
        "service_hours",
        2,
        {"holiday_calendar": "bonn"},
        "line 2: holiday_calendar is 'bonn', which seeds/reference/holidays.csv does not hold",
    ),
    ("holidays", 2, {"holiday_on": "2026-13-01"}, "write a date such as 2026-01-31."),
    ("metric_registry", 2, {"kind": "rate"}, "write one of proportion, mean, ratio, quantile"),
    (
        "metric_registry",
        2,
        {"required_inputs": "turns|intent_catalog"},
        "required_inputs is 'intent_catalog': write tables or table.column of the input contract "
        "(macros/inputs/canonical_tables.sql) (did you mean intent_catalogue or",
    ),
    ("metric_registry", 2, {"min_n": "0"}, "write a whole number that is at least 1."),
    ("metric_registry", 2, {"guardrail_metric_id": "safety"}, "write a metric of var cx_metrics"),
    ("metric_registry", 2, {"quantile": "0.5"}, "containment_rate has a quantile but is of kind"),
    (
        "metric_registry",
        2,
        {"non_inferiority_margin": None},
        "var cx_guardrail_metrics holds 'containment_rate', which has no non_inferiority_margin",
    ),
    (
        "metric_registry",
        2,
        {"kind": "index"},
        "var cx_guardrail_metrics holds 'containment_rate', which is of kind index: use only",
    ),
    ("chart_rebases", 2, {"rebased_on": None}, "rebased_on is empty: fill it in."),
    ("alert_rules", 2, {"severity": "4"}, "write a whole number that is at most 3."),
    ("experiment_arms", 2, {"planned_share": "half"}, "write a number such as 0.5."),
]


@pytest.fixture(scope="session")
def small_dbt(tmp_path_factory):
    """dbt on the project's own vars, hook, macros and reference seeds, with a demo system that
    delivers nothing."""
    root = tmp_path_factory.mktemp("small") / "project"
    (root / "models").mkdir(parents=True)
    shutil.copytree(SEEDS, root / "seeds" / "reference", ignore=shutil.ignore_patterns("*.yml"))
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


@pytest.fixture(scope="session")
def seed_problems(small_dbt):
    """What the check says of each of SEED_CASES, in order; one call of dbt judges them all."""
    calls = []
    for name, line, change, _ in SEED_CASES:
        seeds = {}
        for other in {name, "metric_registry", "holidays"}:
            seeds[other] = {"file": f"seeds/reference/{other}.csv", "rows": seed_rows(other)}
        seeds[name]["rows"][line - 2].update(change)
        calls.append(
            f"{{% set seeds = {seeds!r} %}}"
            f"{{% set found = seed_problems({name!r}, seeds[{name!r}]['file'], "
            f"seeds[{name!r}]['rows']) %}}"
            f"{{% do said.append(found or seed_problems_across(seeds, {VARS!r})) %}}"
        )
    return yaml.safe_load(
        compiled(small_dbt, f"{{% set said = [] %}}{''.join(calls)}{{{{ tojson(said) }}}}")
    )


@pytest.mark.parametrize("case", range(len(SEED_CASES)), ids=lambda i: str(SEED_CASES[i][::2]))
def test_reference_seeds_are_judged(seed_problems, case):
    said = seed_problems[case]
    assert said and SEED_CASES[case][3] in said[0], said
    assert said[0].endswith(".")


def test_every_column_of_the_reference_seeds_has_a_rule(small_dbt):
    rules = yaml.safe_load(compiled(small_dbt, "{{ tojson(seed_rules()) }}"))
    # The mapping of ticket systems belongs to their staging folder.
    files = {path.stem for path in SEEDS.glob("*.csv")} - {"ticket_event_mapping"}
    assert set(rules) == files
    for name, rule in rules.items():
        assert list(rule["columns"]) == list(seed_rows(name)[0]), name


def test_a_wrong_seed_stops_a_run_before_anything_is_built(small_dbt, tmp_path):
    root = shutil.copytree(small_dbt.project_root, tmp_path / "project")
    targets = root / "seeds" / "reference" / "metric_targets.csv"
    targets.write_text(targets.read_text().replace("containment_rate,", "containment_rte,", 1))
    hours = root / "seeds" / "reference" / "service_hours.csv"
    hours.write_text(hours.read_text().replace("holiday_calendar", "calendar", 1))
    run = Dbt(tmp_path / "dbt", root)("build", check=False)
    assert not run.success and not run.statuses()
    assert "seeds/reference/metric_targets.csv, line 2: metric_id is 'containment_rte'" in run.text
    assert "seeds/reference/service_hours.csv lacks the column holiday_calendar" in run.text
