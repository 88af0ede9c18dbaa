{#
    Where the demo company's raw tables come from:
        cx_demo_path null    the seeds raw_demo__<table>
        cx_demo_path set     files in that folder, by the var cx_demo_format
            csv (default)    raw_demo__<table>*.csv, every column as text
            parquet          <table>*.parquet, columns already of the canonical types
    Several files of one table are read as one. `python -m scripts.simulate` writes both.
#}
{% macro demo_source(table) %}
    {%- if not var("cx_demo_path") -%}
        {{ ref("raw_demo__" ~ table) }}
    {%- else -%}
        {{- adapter.dispatch("demo_files", "ai_cx_metrics")(table, var("cx_demo_path")) -}}
    {%- endif -%}
{% endmacro %}

{% macro default__demo_files(table, path) -%}
    {%- if demo_is_typed() -%}
        read_parquet('{{ path }}/{{ table }}*.parquet', union_by_name = true)
    {%- else -%}
        read_csv(
            '{{ path }}/raw_demo__{{ table }}*.csv',
            all_varchar = true, header = true, delim = ',', quote = '"', union_by_name = true
        )
    {%- endif -%}
{%- endmacro %}

{% macro spark__demo_files(table, path) -%}
    {%- if demo_is_typed() -%}
        parquet.`{{ path }}/{{ table }}*.parquet`
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "Set cx_demo_format: parquet: on Spark the files of cx_demo_path are read as Parquet."
        ) -%}
    {%- endif -%}
{%- endmacro %}


{# Whether the source's columns have the canonical types already, so that no cast is needed. #}
{% macro demo_is_typed() %}
    {{ return(var("cx_demo_path") is not none and var("cx_demo_format") == "parquet") }}
{% endmacro %}


{# A raw column in its canonical type: a cast of text, or the column itself where it is typed. #}
{% macro demo_cast(column, type) -%}
    {%- if demo_is_typed() -%} {{ column }} {%- else -%} {{ try_cast(column, type) | trim }} {%- endif -%}
{%- endmacro %}


{# cast_errors() over every column of a canonical table that is not text. #}
{% macro demo_cast_errors(table) -%}
    {%- set columns = {} -%}
    {%- for column in canonical_tables()[table]["columns"] if column[1] != "string" -%}
        {%- do columns.update({column[0]: column[1]}) -%}
    {%- endfor -%}
    {%- do columns.update({"ingested_at": "timestamp"}) -%}
    {%- if demo_is_typed() -%} cast(null as string)
    {%- else -%} {{ cast_errors(columns) | trim }}
    {%- endif -%}
{%- endmacro %}
