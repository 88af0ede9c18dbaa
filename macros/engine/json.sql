{# A JSON object of the named columns, as text: every value as text, so that both engines agree. #}
{% macro json_object(columns) %}
    {{ return(adapter.dispatch('json_object', 'ai_cx_metrics')(columns)) }}
{% endmacro %}

{% macro default__json_object(columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := cast({{ column }} as string){{ ", " if not loop.last }}{% endfor -%}
    )) as string)
{%- endmacro %}

{% macro spark__json_object(columns) -%}
    to_json(named_struct(
        {%- for column in columns %}'{{ column }}', cast({{ column }} as string){{ ", " if not loop.last }}{% endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}
