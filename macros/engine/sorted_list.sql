{# The texts of a group in their order, with a delimiter (text) between them. #}
{% macro sorted_list(expression, delimiter) %}
    {{- return(adapter.dispatch('sorted_list', 'ai_cx_metrics')(expression, delimiter)) -}}
{% endmacro %}

{% macro default__sorted_list(expression, delimiter) -%}
    {{ dbt.listagg(expression, "'" ~ delimiter ~ "'", 'order by ' ~ expression) }}
{%- endmacro %}

{% macro spark__sorted_list(expression, delimiter) -%}
    array_join(array_sort(collect_list({{ expression }})), '{{ delimiter }}')
{%- endmacro %}
