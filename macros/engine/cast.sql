{#
    Cast of a text (or of anything, as text) that gives NULL where it cannot be read; empty text is
    NULL too. A number for an integer column is rounded. A time with an offset becomes UTC; without
    one it is taken for UTC.
#}
{% macro try_cast(expression, type) %}
    {{- return(adapter.dispatch('try_cast', 'ai_cx_metrics')(expression, type)) -}}
{% endmacro %}

{# DuckDB reads a time's offset as a timestamp with time zone only, and drops it else. #}
{% macro default__try_cast(expression, type) -%}
    {%- set text = ai_cx_metrics.filled_text(expression) -%}
    {%- if type == 'timestamp' -%}
    case
        when regexp_matches({{ text }}, ':.*[+-]')
            then timezone('UTC', try_cast({{ text }} as timestamp with time zone))
        else try_cast({{ text }} as timestamp)
    end
    {%- else -%}
    try_cast({{ text }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{# Spark reads 1d as a number and 2026 or 09:00 as a time, and 1.0 not as an integer. #}
{% macro spark__try_cast(expression, type) -%}
    {%- set text = ai_cx_metrics.filled_text(expression) -%}
    {%- if type in ('int', 'bigint') -%}
    try_cast(round(try_cast({{ text }} as decimal(38, 10))) as {{ type }})
    {%- elif type == 'double' -%}
    case when not regexp_like({{ text }}, '[0-9.][dDfF]$|[xX]') then try_cast({{ text }} as double) end
    {%- elif type in ('date', 'timestamp') -%}
    case
        when regexp_like({{ text }}, '^[0-9]+-[0-9]+-[0-9]+([ T][0-9]+:[0-9:.]+ ?(Z|UTC|[+-][0-9:]+)?)?$')
            then try_cast({{ text }} as {{ type }})
    end
    {%- else -%}
    try_cast({{ text }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{# Text without the blanks around it; NULL where nothing is left. #}
{% macro filled_text(expression) -%}
    nullif(trim(cast({{ expression }} as string)), '')
{%- endmacro %}


{#
    Names and values of the columns that hold something that their type cannot: the row's evidence
    when it is quarantined. NULL when everything could be read.
    columns: {name in the source: canonical type, or epoch for what read_timestamp() reads}
#}
{% macro cast_errors(columns) %}
    nullif(concat_ws('; '
    {%- for column, type in columns.items() %}
    {%- set value = ai_cx_metrics.read_timestamp(column) | trim if type == 'epoch'
        else ai_cx_metrics.try_cast(column, type) %},
        case
            when {{ value }} is null
                and {{ ai_cx_metrics.filled_text(column) }} is not null
                then concat('{{ column }}=', cast({{ column }} as string))
        end
    {%- endfor %}), '')
{%- endmacro %}
