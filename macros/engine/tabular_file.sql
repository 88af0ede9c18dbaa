{#
    A CSV file (any delimiter, compressed or not), a folder or glob of them, or a Parquet file or glob
    (*.parquet), as a relation in which every column of a CSV is text. DuckDB only.
#}
{% macro tabular_file(path) %}
    {{- return(adapter.dispatch('tabular_file', 'ai_cx_metrics')(path)) -}}
{% endmacro %}

{% macro default__tabular_file(path) %}
    {% if execute %}
        {% do exceptions.raise_compiler_error(
            "CSV and Parquet files are read by DuckDB only: "
            ~ "build this source system with --target dev.") %}
    {% endif %}
{% endmacro %}

{% macro duckdb__tabular_file(path) -%}
    {%- set is_folder = "*" not in path and "." not in path.split("/")[-1] -%}
    {%- set files = path.rstrip("/") ~ "/*" if is_folder else path -%}
    {%- set literal = dbt.string_literal(dbt.escape_single_quotes(files)) -%}
    {%- if ".parquet" in path -%}
        read_parquet({{ literal }}, union_by_name = true)
    {%- else -%}
        read_csv({{ literal }}, all_varchar = true, header = true, union_by_name = true)
    {%- endif -%}
{%- endmacro %}


{# Names of the columns of such a file, as they are written in it. #}
{% macro tabular_file_columns(path) %}
    {% set described = run_query("describe select * from " ~ tabular_file(path)) %}
    {% do return(described.columns[0].values() | list) %}
{% endmacro %}
