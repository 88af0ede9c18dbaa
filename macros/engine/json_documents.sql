{#
    Reading JSON documents that nobody has described: every value is taken by its path, and a path
    that is not there is NULL, so that no file fails for a field that it lacks or adds.
    DuckDB only; on another engine load the documents with DuckDB first and read its tables.
#}

{# Files as rows (file_path, document), compressed or not. patterns: list of paths or globs. #}
{% macro json_documents(patterns) %}
    {{- return(adapter.dispatch('json_documents', 'ai_cx_metrics')(patterns)) -}}
{% endmacro %}

{% macro default__json_documents(patterns) %}
    {% if execute %}
        {% do exceptions.raise_compiler_error(
            "JSON files are read by DuckDB only: build this source system with --target dev.") %}
    {% endif %}
{% endmacro %}

{# DuckDB takes twice the largest size for each thread, whatever the files hold. #}
{% macro duckdb__json_documents(patterns) -%}
    select
        filename as file_path,
        json as document
    from read_json_objects(
        [{% for pattern in patterns %}{{ dbt.string_literal(dbt.escape_single_quotes(pattern)) }}{{ ", " if not loop.last }}{% endfor %}],
        format = 'unstructured', filename = true,
        maximum_object_size = {{ 1048576 * var('cx_json_max_mib') }}
    )
{%- endmacro %}


{# The value at a path as text; NULL when the path is absent or holds null. #}
{% macro json_text(document, path) -%}
    json_extract_string({{ document }}, '{{ path }}')
{%- endmacro %}


{# The number at a path as text; NaN and the infinities, which Python writes for no value, are NULL. #}
{% macro json_number(document, path) -%}
    nullif(nullif(nullif(
        {{ json_text(document, path) }}, 'NaN'), 'Infinity'), '-Infinity')
{%- endmacro %}


{# The object or list at a path; NULL when it is absent or null. #}
{% macro json_part(document, path) -%}
    nullif(json_extract({{ document }}, '{{ path }}'), cast('null' as json))
{%- endmacro %}


{# One row per element of the list at a path, numbered from 0. No list, no rows. #}
{% macro json_elements(relation, document, path, columns, element, position) -%}
    select
        {{ columns | join(",\n        ") }},
        unnest(json_extract({{ document }}, '{{ path }}[*]')) as {{ element }},
        cast(
            generate_subscripts(json_extract({{ document }}, '{{ path }}[*]'), 1) - 1 as int
        ) as {{ position }}
    from {{ relation }}
{%- endmacro %}


{#
    A point in time in UTC, from text or a whole number: ISO 8601 with or without an offset, or seconds or
    milliseconds since 1970. NULL when it is none of them.
#}
{% macro read_timestamp(text) %}
    {{- return(adapter.dispatch('read_timestamp', 'ai_cx_metrics')(
        ai_cx_metrics.filled_text(text)
    )) -}}
{% endmacro %}

{% macro default__read_timestamp(text) -%}
    case
        when regexp_matches({{ text }}, '^[0-9]{9,10}([.][0-9]+)?$')
            then make_timestamp(cast(round(cast({{ text }} as double) * 1000000) as bigint))
        when regexp_matches({{ text }}, '^[0-9]{12,13}$')
            then make_timestamp(cast({{ text }} as bigint) * 1000)
        else {{ ai_cx_metrics.try_cast(text, 'timestamp') | trim }}
    end
{%- endmacro %}

{% macro spark__read_timestamp(text) -%}
    case
        when regexp_like({{ text }}, '^[0-9]{9,10}([.][0-9]+)?$')
            then timestamp_micros(cast(round(cast({{ text }} as double) * 1000000) as bigint))
        when regexp_like({{ text }}, '^[0-9]{12,13}$')
            then timestamp_millis(cast({{ text }} as bigint))
        else {{ ai_cx_metrics.try_cast(text, 'timestamp') | trim }}
    end
{%- endmacro %}
