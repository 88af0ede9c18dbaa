{# The columns of a relation, but those of `except`; `*` before the relation exists. #}
{% macro star(
    from, relation_alias=false, except=[], prefix='', suffix='', quote_identifiers=true
) -%}
    {%- set columns = dbt_utils.get_filtered_columns_in_relation(from, except) -%}
    {%- if not execute or columns | length == 0 -%}
        *
    {%- else -%}
        {%- for column in columns -%}
            {%- if relation_alias -%}{{ relation_alias }}.{%- endif -%}
            {{ adapter.quote(column) if quote_identifiers else column }}
            {%- if prefix or suffix %} as {{ adapter.quote(prefix ~ column ~ suffix) }}{%- endif -%}
            {%- if not loop.last %},
  {% endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{# Names of the columns of a relation, but those of `except` (in any case). #}
{% macro get_filtered_columns_in_relation(from, except=[]) -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- set left_out = except | map("lower") | list -%}
        {%- for column in adapter.get_columns_in_relation(from) -%}
            {%- if column.column | lower not in left_out -%}
                {%- do names.append(column.column) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(names) -%}
{%- endmacro %}
