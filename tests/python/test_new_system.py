"""A new source system: the scaffold builds at once, a mapped table lights up, and a table that
breaks the input contract says what to change."""

import new_system
import pytest
from dbt_helpers import query
from staging_harness import small_project

VARS = {"cx_systems": ["acme"]}

INTERACTIONS = """
select
    'acme' as source_system,
    'a' || id as source_event_id,
    cast('2025-01-01 10:00:00' as timestamp) as ingested_at,
    cast(null as string) as cast_errors,
    'i' || id as interaction_id,
    channel,
    'inbound' as direction,
    cast('2025-01-01 09:00:00' as timestamp) as started_at,
    {columns}
from (values ('1', 'chat'), ('2', 'carrier pigeon')) as contacts(id, channel)
"""


def typed_nulls(table, names_after):
    """The columns of a table after a name, as typed nulls."""
    columns = new_system.canonical_tables()[table]
    names = [column[0] for column in columns]
    return ",\n    ".join(
        f"cast(null as {kind}) as {name}"
        for name, kind, *_ in columns[names.index(names_after) + 1 :]
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The input layer of the project with the scaffold of a system `acme`, and dbt on it."""
    dbt = small_project(
        tmp_path_factory.mktemp("acme"),
        *(
            f"intermediate/interactions/int_{table}_{kind}.sql"
            for table in new_system.canonical_tables()
            for kind in ("checked", "accepted")
        ),
    )
    new_system.write_system("acme", dbt.project_root)
    return dbt


def build(dbt, interactions, check=True):
    path = dbt.project_root / "models/staging/acme/stg_acme__interactions.sql"
    path.write_text(interactions, encoding="utf-8")
    # SQL changed under a manifest that is kept: parse again.
    dbt._manifests.clear()
    select = ("stg_acme__interactions", "int_interactions_checked")
    return dbt("run", "--select", *select, vars=VARS, check=check)


def test_the_scaffold_builds_at_once(project):
    statuses = project("run", vars=VARS).statuses()
    tables = list(new_system.canonical_tables())
    assert all(statuses[f"stg_acme__{table}"] == "success" for table in tables)
    assert all(statuses[f"int_{table}_checked"] == "success" for table in tables)


def test_an_unknown_enum_is_quarantined_with_the_column(project):
    sql = INTERACTIONS.format(columns=typed_nulls("interactions", "started_at"))
    database = build(project, sql).database
    assert query(
        database,
        "select row_status, quarantine_reason from int_interactions_checked order by 1",
    ) == [
        {"row_status": "accepted", "quarantine_reason": None},
        {"row_status": "quarantined", "quarantine_reason": "channel is unknown: carrier pigeon"},
    ]


def test_seconds_since_1970_are_a_time_and_other_numbers_quarantine_their_row(project):
    """Numbers, as JSON holds them: cast_errors() judges them as read_timestamp() reads them."""
    seconds = "case id when '1' then 1735722000 else 7 end"
    sql = INTERACTIONS.format(columns=typed_nulls("interactions", "started_at"))
    sql = sql.replace("'carrier pigeon'", "'chat'")
    for old, new in {
        "cast(null as string) as cast_errors": (
            "{{ cast_errors({'sent': 'epoch'}) }} as cast_errors"
        ),
        "cast('2025-01-01 09:00:00' as timestamp) as started_at": (
            "{{ read_timestamp('sent') }} as started_at"
        ),
        "contacts(id, channel)": "given(id, channel)",
        "from (": f"from (select *, {seconds} as sent from (",
    }.items():
        assert old in sql
        sql = sql.replace(old, new, 1)
    database = build(project, sql + ") as contacts").database
    rows = query(
        database,
        "select interaction_id, cast(started_at as varchar) as started_at, quarantine_reason"
        " from int_interactions_checked order by 1",
    )
    assert rows == [
        {
            "interaction_id": "acme:i1",
            "started_at": "2025-01-01 09:00:00",
            "quarantine_reason": None,
        },
        {
            "interaction_id": "acme:i2",
            "started_at": None,
            "quarantine_reason": "cannot be read: sent=7",
        },
    ]


def test_a_missing_column_is_named_with_the_remedy(project):
    columns = typed_nulls("interactions", "started_at").replace(
        "cast(null as string) as end_reason,\n", ""
    )
    run = build(project, INTERACTIONS.format(columns=columns), check=False)
    assert not run.success
    assert (
        "System acme, table interactions, column end_reason: it is missing from "
        "stg_acme__interactions. Add it there, as cast(null as string) as end_reason" in run.text
    )


def test_a_wrong_type_is_named_with_the_remedy(project):
    columns = typed_nulls("interactions", "started_at").replace(
        "cast(null as timestamp) as ended_at", "'soon' as ended_at"
    )
    run = build(project, INTERACTIONS.format(columns=columns), check=False)
    assert not run.success
    assert (
        "System acme, table interactions, column ended_at: stg_acme__interactions gives varchar, "
        "the input contract wants timestamp." in run.text
    )


def test_the_template_names_every_column_in_order():
    columns = new_system.canonical_tables()["turns"]
    sql = new_system.template_sql("acme", "turns", columns)
    assert "    'acme' as source_system,\n    cast(null as string) as source_event_id," in sql
    assert sql.count(" as ") == 2 * len(columns) - 1
    assert sql.endswith("from {{ source('acme', 'turns') }}\n")


@pytest.mark.parametrize("name", ["Acme", "acme corp", "2acme", "a__b", ""])
def test_a_name_that_dbt_cannot_use_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="is no name for a system"):
        new_system.write_system(name, tmp_path)


def test_a_system_that_is_there_is_not_touched(project):
    with pytest.raises(ValueError, match="is there already"):
        new_system.write_system("acme", project.project_root)
    assert new_system.main(["demo", "--template", "no such table"]) == 1
