"""The stand-in for dbt_utils has all that the project calls, and judges rows as dbt_utils does."""

import re
import shutil
from hashlib import md5
from pathlib import Path

import pytest
import yaml
from dbt_helpers import PROJECT_ROOT, Dbt, query

STAND_IN = PROJECT_ROOT / "compat" / "dbt_utils"
CALL = re.compile(r"\bdbt_utils\.([a-z_]\w*)")
DEFINITION = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)")


def missing_from_stand_in(project):
    """{name that the project calls of dbt_utils and the stand-in lacks: files that call it}."""
    project = Path(project)
    stand_in = project / "compat" / "dbt_utils"
    has = {
        name for path in stand_in.rglob("*.sql") for name in DEFINITION.findall(path.read_text())
    }
    calls = {}
    for folder in ("macros", "models", "tests", "analyses", "seeds", "compat"):
        for path in sorted((project / folder).rglob("*")):
            if path.suffix in (".sql", ".yml", ".yaml"):
                for name in CALL.findall(path.read_text()):
                    calls.setdefault(name, []).append(str(path.relative_to(project)))
    return {name: files for name, files in calls.items() if name not in has}


def test_the_stand_in_has_all_that_the_project_calls():
    assert missing_from_stand_in(PROJECT_ROOT) == {}


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("models/a.sql", "select {{ dbt_utils.pivot('a', ['b']) }}", "pivot"),
        ("models/a.yml", "data_tests: [dbt_utils.at_least_one]", "at_least_one"),
        ("macros/a.sql", "{{ dbt_utils.get_url_host(field='a') }}", "get_url_host"),
        ("tests/singular/a.sql", "{{ dbt_utils.haversine_distance(1, 2, 3, 4) }}", "haversine_"),
    ],
)
def test_a_call_that_the_stand_in_lacks_is_found(tmp_path, file, text, name):
    shutil.copytree(STAND_IN, tmp_path / "compat" / "dbt_utils")
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ((found, files),) = missing_from_stand_in(tmp_path).items()
    assert found.startswith(name)
    assert files == [file]


ROWS = """
    select 1 as id, 'a' as name, 5 as amount, 0 as starts, 10 as ends union all
    select 2, 'a', null, 10, 20 union all
    select 3, ' ', 7, 25, 30
"""

# (test, arguments, column or none, rows that fail by the documentation of dbt_utils)
JUDGED = [
    ("unique_combination_of_columns", {"combination_of_columns": ["id", "name"]}, None, 0),
    ("unique_combination_of_columns", {"combination_of_columns": ["name"]}, None, 1),
    ("expression_is_true", {"expression": "ends > starts"}, None, 0),
    # A null is neither true nor false: it passes.
    ("expression_is_true", {"expression": "amount > 5"}, None, 1),
    ("expression_is_true", {"expression": "> 1"}, "id", 1),
    ("accepted_range", {"min_value": 5, "max_value": 7}, "amount", 0),
    ("accepted_range", {"min_value": 5, "max_value": 7, "inclusive": False}, "amount", 2),
    ("accepted_range", {"min_value": 2}, "id", 1),
    ("accepted_range", {"max_value": 1}, "id", 2),
    ("equal_rowcount", {"compare_model": "ref('same')"}, None, 0),
    ("equal_rowcount", {"compare_model": "ref('fewer')"}, None, 2),
    (
        "equal_rowcount",
        {"compare_model": "ref('fewer')", "group_by_columns": ["name"]},
        None,
        2,
    ),
    ("not_empty_string", {}, "name", 1),
    ("not_empty_string", {"trim_whitespace": False}, "name", 0),
    (
        "mutually_exclusive_ranges",
        {"lower_bound_column": "starts", "upper_bound_column": "ends"},
        None,
        0,
    ),
    # 20 to 25 is a gap.
    (
        "mutually_exclusive_ranges",
        {"lower_bound_column": "starts", "upper_bound_column": "ends", "gaps": "not_allowed"},
        None,
        1,
    ),
    # 0-10 and 10-20 touch.
    (
        "mutually_exclusive_ranges",
        {"lower_bound_column": "starts", "upper_bound_column": "ends", "gaps": "required"},
        None,
        1,
    ),
    # 0-40 overlaps both that follow, of which only the next counts.
    (
        "mutually_exclusive_ranges",
        {"lower_bound_column": "starts", "upper_bound_column": "ends + (1 - starts % 2) * 30"},
        None,
        2,
    ),
]


@pytest.fixture(scope="session")
def stand_in_run(tmp_path_factory):
    """The tests of a small project whose tests are JUDGED and whose models call the macros."""
    root = tmp_path_factory.mktemp("stand_in") / "project"
    models = root / "models"
    models.mkdir(parents=True)
    shutil.copyfile(PROJECT_ROOT / "profiles.yml", root / "profiles.yml")
    shutil.copytree(STAND_IN, root / "dbt_packages" / "dbt_utils")
    (root / "packages.yml").write_text((PROJECT_ROOT / "packages.yml").read_text())
    (root / "dbt_project.yml").write_text("name: small\nprofile: ai_cx_metrics\n")
    (models / "judged.sql").write_text(ROWS)
    (models / "same.sql").write_text(ROWS)
    (models / "fewer.sql").write_text("select * from (" + ROWS + ") as rows_ where id = 3")
    (models / "starred.sql").write_text(
        "select {{ dbt_utils.star(ref('judged'), except=['NAME', 'starts']) }},"
        " {{ dbt_utils.star(ref('judged'), relation_alias='j', except=['id', 'name', 'amount',"
        " 'starts'], prefix='p_') }} from {{ ref('judged') }} as j"
    )
    (models / "keyed.sql").write_text(
        "select {{ dbt_utils.generate_surrogate_key(['id', 'amount']) }} as key, id"
        " from {{ ref('judged') }}"
    )
    tests = {None: []}
    for number, (name, arguments, column, _) in enumerate(JUDGED):
        test = {f"dbt_utils.{name}": {"name": f"judged_{number}", "arguments": arguments}}
        tests.setdefault(column, []).append(test)
    columns = [{"name": c, "data_tests": ts} for c, ts in tests.items() if c]
    model = {"name": "judged", "data_tests": tests[None], "columns": columns}
    (models / "models.yml").write_text(yaml.safe_dump({"models": [model]}))
    dbt = Dbt(tmp_path_factory.mktemp("stand_in_dbt"), root)
    return dbt("test", database=dbt("run").database, check=False)


@pytest.mark.parametrize("number", range(len(JUDGED)), ids=lambda n: f"{JUDGED[n][0]}-{n}")
def test_rows_are_judged_as_dbt_utils_does(stand_in_run, number):
    (result,) = [r for r in stand_in_run.results if r.node.name == f"judged_{number}"]
    assert result.failures == JUDGED[number][3], result.message


def test_star_names_the_columns(stand_in_run):
    row = query(stand_in_run.database, "select * from starred where id = 1")[0]
    assert row == {"id": 1, "amount": 5, "ends": 10, "p_ends": 10}


def test_a_surrogate_key_is_the_md5_of_the_joined_text(stand_in_run):
    rows = query(stand_in_run.database, "select key from keyed order by id")
    texts = ["1-5", "2-_dbt_utils_surrogate_key_null_", "3-7"]
    assert [row["key"] for row in rows] == [md5(text.encode()).hexdigest() for text in texts]
