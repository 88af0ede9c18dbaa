"""The report of what the mapped inputs give, on a database written by hand and on the demo."""

import coverage_report
import duckdb
import pytest


@pytest.fixture
def marts(tmp_path):
    """Marts of a system with one mapped table, two metrics and three gaps."""
    path = tmp_path / "marts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create table input_reconciliation as
            select * from (values
                ('acme', 'turns', 12, 9, 1, 2), ('acme', 'surveys', 0, 0, 0, 0)
            ) as t (source_system, table_name, delivered_rows, accepted_rows, duplicate_rows,
                quarantined_rows);
            create table quarantined_rows as
            select * from (values
                ('acme', 'turns', 'unknown parent'), ('acme', 'turns', 'unknown parent')
            ) as t (source_system, table_name, quarantine_reason);
            create table metric_glossary as
            select * from (values ('survey_csat'), ('containment_rate')) as t (metric_id);
            create table metric_estimates as
            select * from (values
                ('survey_csat', 'all', 'overall', 'not_computable', 'no surveys', 0),
                ('containment_rate', 'all', 'overall', 'degraded', 'no surveys', 40),
                ('containment_rate', 'week', 'overall', 'ok', null, 7)
            ) as t (metric_id, period, slice_dimension, status, status_reason, n);
            create table metric_input_gaps as
            select * from (values
                ('survey_csat', 'surveys', 'not_computable'),
                ('survey_csat', 'surveys.score', 'not_computable'),
                ('containment_rate', 'surveys', 'degraded'),
                ('containment_rate', 'turns.sentiment', 'degraded')
            ) as t (metric_id, input_name, consequence);
        """)
    return path


def printed(path, capsys, monkeypatch):
    """The lines that the command prints, cells one blank apart."""
    monkeypatch.setattr("sys.argv", ["coverage_report.py", str(path)])
    code = coverage_report.main()
    output = capsys.readouterr()
    return code, [" ".join(line.split()) for line in output.out.splitlines()], output.err


def test_what_is_mapped_refused_computed_and_missing(marts, capsys, monkeypatch):
    code, lines, _ = printed(marts, capsys, monkeypatch)
    assert code == 0
    assert "acme turns 12 9 1 2" in lines
    assert not [line for line in lines if line.startswith("acme surveys")]
    assert "acme turns unknown parent 2" in lines
    assert "2 metrics: 0 ok, 1 degraded, 1 not computable" in lines
    assert "containment_rate degraded no surveys 40" in lines
    # One metric needs the surveys, one gains by them; surveys.score says nothing besides.
    assert "surveys 1 1 survey_csat, containment_rate" in lines
    assert "turns.sentiment 0 1 containment_rate" in lines
    assert not [line for line in lines if line.startswith("surveys.score")]


def test_nothing_to_map(marts, capsys, monkeypatch):
    with duckdb.connect(str(marts)) as connection:
        connection.execute("delete from metric_input_gaps")
    _, lines, _ = printed(marts, capsys, monkeypatch)
    assert lines[-1] == "Every input that a metric names is there."


def test_a_missing_database_says_what_to_do(tmp_path, capsys, monkeypatch):
    code, lines, error = printed(tmp_path / "none.duckdb", capsys, monkeypatch)
    assert (code, lines) == (2, [])
    assert "run make build first" in error


def test_every_metric_of_the_demo_has_its_line(demo_database, demo_query, capsys, monkeypatch):
    _, lines, _ = printed(demo_database, capsys, monkeypatch)
    metrics = {row["metric_id"] for row in demo_query("select metric_id from metric_glossary")}
    assert metrics <= {line.split(" ")[0] for line in lines if line}
