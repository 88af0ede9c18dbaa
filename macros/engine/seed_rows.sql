{#
    Rows of a seed's file as dicts of text, before dbt loads it. None where the engine cannot read
    files of the machine that dbt runs on: there the data tests of the seeds judge what was loaded.
#}
{% macro seed_rows(node) %}
    {% do return(adapter.dispatch("seed_rows", "ai_cx_metrics")(node)) %}
{% endmacro %}


{% macro default__seed_rows(node) %}
    {% do return(none) %}
{% endmacro %}


{% macro duckdb__seed_rows(node) %}
    {% set path = node.root_path ~ "/" ~ node.original_file_path %}
    {% set table = run_query("select * from " ~ tabular_file(path)) %}
    {% set rows = [] %}
    {% for row in table.rows %}
        {% do rows.append(dict(zip(table.column_names, row.values()))) %}
    {% endfor %}
    {% do return(rows) %}
{% endmacro %}
