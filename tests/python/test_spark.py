"""The same company on Spark and on DuckDB: every table has the same rows, every example holds.

docs/spark.md says what this shows and what it does not.
"""

from datetime import date, datetime

import pytest
import spark_harness
from conftest import BUILD
from dbt_helpers import Dbt

pytestmark = pytest.mark.spark

# Text and what it is as int, double, boolean, date and timestamp.
TEXTS = {
    "1": (1, 1.0, True, None, None),
    " 7 ": (7, 7.0, None, None, None),
    "1.0": (1, 1.0, None, None, None),
    "-2.5": (-3, -2.5, None, None, None),
    "1e2": (100, 100.0, None, None, None),
    "99999999999": (None, 99999999999.0, None, None, None),
    "1d": (None, None, None, None, None),
    "0x1p3": (None, None, None, None, None),
    "true": (None, None, True, None, None),
    "no": (None, None, False, None, None),
    "": (None, None, None, None, None),
    "2026": (2026, 2026.0, None, None, None),
    "2026-01": (None, None, None, None, None),
    "09:00": (None, None, None, None, None),
    "2026-02-30": (None, None, None, None, None),
    "2026-01-05": (None, None, None, date(2026, 1, 5), datetime(2026, 1, 5)),
    "2026-01-05 09:00:00.25": (
        *(None,) * 3,
        date(2026, 1, 5),
        datetime(2026, 1, 5, 9, 0, 0, 250000),
    ),
    "2026-01-05T09:00:00Z": (*(None,) * 3, date(2026, 1, 5), datetime(2026, 1, 5, 9)),
    "2026-01-05 09:00:00+02:00": (*(None,) * 3, date(2026, 1, 5), datetime(2026, 1, 5, 7)),
    "2026-01-05T09:00:00-0330": (*(None,) * 3, date(2026, 1, 5), datetime(2026, 1, 5, 12, 30)),
}
CASTS = """
select
    text,
    {{ try_cast('text', 'int') }} as as_int,
    {{ try_cast('text', 'double') }} as as_double,
    {{ try_cast('text', 'boolean') }} as as_boolean,
    {{ try_cast('text', 'date') }} as as_date,
    {{ try_cast('text', 'timestamp') }} as as_timestamp
from (values TEXTS) as texts (text)
""".replace("TEXTS", ", ".join(f"('{text}')" for text in TEXTS))

# What a macro gives: an expression, and its value worked out by hand.
TIME = "cast('2026-01-05 09:00:00' as timestamp)"
EXPRESSIONS = {
    "{{ local_to_utc(\"cast('2026-01-15 12:00:00' as timestamp)\", \"'Europe/Berlin'\") }}": (
        datetime(2026, 1, 15, 11)
    ),
    "{{ local_to_utc(\"cast('2026-07-15 12:00:00' as timestamp)\", \"'Europe/Berlin'\") }}": (
        datetime(2026, 7, 15, 10)
    ),
    # Skipped by the change to summer time: 03:30 there.
    "{{ local_to_utc(\"cast('2026-03-29 02:30:00' as timestamp)\", \"'Europe/Berlin'\") }}": (
        datetime(2026, 3, 29, 1, 30)
    ),
    "{{ iso_weekday(\"cast('2026-01-05' as date)\") }}": 1,
    "{{ iso_weekday(\"cast('2026-01-11' as date)\") }}": 7,
    f'{{{{ seconds_between("{TIME}", "cast(\'2026-01-05 09:01:00.25\' as timestamp)") }}}}': 60.25,
    f'{{{{ add_seconds("{TIME}", "90.9") }}}}': datetime(2026, 1, 5, 9, 1, 30),
    "{{ minutes_of_day(\"'08:30'\") }}": 510,
    "{{ read_timestamp(\"'2026-01-05T09:00:00+0200'\") }}": datetime(2026, 1, 5, 7),
    "{{ read_timestamp(\"'1767603600'\") }}": datetime(2026, 1, 5, 9),
    "{{ read_timestamp(\"'1767603600500'\") }}": datetime(2026, 1, 5, 9, 0, 0, 500000),
    "{{ read_timestamp(\"'yesterday'\") }}": None,
    "{{ read_timestamp('cast(1767603600 as bigint)') }}": datetime(2026, 1, 5, 9),
    "{{ mask_personal_data(\"'+49 170 1234567 or 030 123 4567, mail a.b@mail.example'\") }}": (
        "[phone] or [phone], mail [email]"
    ),
    "{{ mask_personal_data(\"'Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00'\") }}": (
        "Card [card], IBAN [iban]"
    ),
    "{{ week_number(\"cast('2026-01-05' as date)\") }}": 6575,
}
VALUES = "select\n" + ",\n".join(f"    {sql} as v{i}" for i, sql in enumerate(EXPRESSIONS))

# Cells that a loader may spoil.
CELLS = ["it's", 'say "no"', "two\nlines", "back\\slash", "", "a;b -- c", "ä€😀", "100%s"]
CELLS_SEED = "id,cell\n" + "".join(
    f"{i},{chr(34) + cell.replace(chr(34), chr(34) * 2) + chr(34) if cell else ''}\n"
    for i, cell in enumerate(CELLS)
)
OF_CELLS = """
select
    count(*) as n,
    {{ sorted_list('cell', ' | ') }} as sorted_cells,
    max(case when id = 3 then {{ json_object(['id', 'cell']) }} end) as escaped,
    max(case when id = 4 then {{ json_object(['id', 'cell']) }} end) as empty,
    max(case when id = 2 then {{ cast_errors({'id': 'int', 'cell': 'int'}) }} end) as unreadable
from {{ ref('case_cells') }}
"""

# In the place of the Python model, numbers that its columns may hold: a binomial distribution whose
# mean follows the customer's turns. What the satisfaction marts make of them is SQL.
PREDICTIONS = """
with rates as (
    select
        features.*,
        0.2e0 + 0.6e0 * bucket / 4096e0 as rate,
        0.3e0 + 0.5e0 / (1e0 + customer_turns) as close_rate
    from {{ ref('int_satisfaction_features') }} as features
)

select
    interaction_id,
    0.05e0 + 0.5e0 * rate as response_propensity,
    {%- for prefix, rate in {'': 'rate', 'close_': 'close_rate'}.items() %}
    {%- for level, column in satisfaction_probabilities(prefix).items() %}
    {{ {1: 1, 2: 4, 3: 6, 4: 4, 5: 1}[level] }}e0 * power({{ rate }}, {{ level - 1 }})
    * power(1e0 - {{ rate }}, {{ 5 - level }}) as {{ column }},
    {%- endfor %}
    {%- endfor %}
    100e0 as training_answers,
    50e0 as close_training_answers,
    cast('2026-02-01 00:00:00' as timestamp) as close_trained_until,
    'all' as features,
    '1' as model_version
from rates
"""
# A device that so many customers share that all of its identifiers are.
CROWD = "".join(f"crowd{i},2026-01-06,i1,cookie,crowd{i}\n" for i in range(8))
# What this company has no rows for: nothing that a metric needs is missing from it.
EMPTY = ["metric_input_gaps"]
EXTRA = {
    "seeds/raw/raw_demo__interaction_identifiers.csv": CROWD,
    # Not beside the Python model: there it would be part of the metric's definition.
    "models/cases/int_satisfaction_predictions.sql": PREDICTIONS,
    "models/cases/case_casts.sql": CASTS,
    "models/cases/case_values.sql": VALUES,
    "models/cases/case_of_cells.sql": OF_CELLS,
    "seeds/cases/case_cells.csv": CELLS_SEED,
}


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    """A small company, built on both engines; some limits are low, so that they are met."""
    vars = {
        "cx_journey_max_days": 20,
        "cx_identity_max_degree": 5,
        "cx_identity_max_degree_by_type": {"phone": 3},
    }
    return spark_harness.Engines(tmp_path_factory.mktemp("engines"), vars, BUILD, EXTRA)


def test_both_engines_build_everything(engines):
    for run in (engines.duckdb_run, engines.spark_run):
        assert run.success, run.text
    assert engines.spark_run.statuses() == engines.duckdb_run.statuses()
    built = {result.node.name for result in engines.spark_run.results}
    assert set(spark_harness.models()) <= built


@pytest.mark.parametrize("model", spark_harness.models())
def test_rows_are_the_same(engines, model):
    assert engines.differences(model) == []


def test_no_table_is_empty(engines):
    """An empty table shows nothing."""
    models = spark_harness.models()
    assert [model for model in models if not engines.on_duckdb(model).num_rows] == EMPTY


def test_the_examples_of_the_definitions_hold_on_spark(engines):
    """dbt's unit tests, with the vars that they were written for."""
    vars = {"cx_python_models": False}
    run = engines.dbt("test", "--select", "test_type:unit", vars=vars, target="spark")
    examples = [r for r in run.results if r.node.resource_type == "unit_test"]
    assert len(examples) > 150
    assert {str(example.status) for example in examples} == {"pass"}


@pytest.fixture(params=["duckdb", "spark"])
def rows(request, engines):
    """Rows of a model on either engine: `rows('case_casts')` -> list of dicts."""
    read = engines.on_duckdb if request.param == "duckdb" else engines.on_spark
    return lambda name: spark_harness.naive_rows(read(name))


def test_casts(rows):
    found = {row["text"]: tuple(row.values())[1:] for row in rows("case_casts")}
    assert found == TEXTS


def test_values_of_macros(rows):
    (row,) = rows("case_values")
    assert dict(zip(EXPRESSIONS, row.values(), strict=True)) == EXPRESSIONS


def test_cells_of_a_seed(rows):
    cells = [row["cell"] for row in sorted(rows("case_cells"), key=lambda row: row["id"])]
    assert cells == [cell or None for cell in CELLS]
    assert rows("case_of_cells") == [
        {
            "n": len(CELLS),
            "sorted_cells": " | ".join(sorted(cell for cell in CELLS if cell)),
            "escaped": '{"id":"3","cell":"back\\\\slash"}',
            "empty": '{"id":"4","cell":null}',
            "unreadable": "cell=two\nlines",
        }
    ]


def test_a_python_model_stops_the_run(tmp_path):
    """The project as it is, with its Python model on."""
    run = Dbt(tmp_path)("run", "--select", "stg_demo__offers", target="spark", check=False)
    assert not run.success
    assert "int_satisfaction_predictions is a Python model, and this is Spark" in run.text
