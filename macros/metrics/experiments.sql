{# Whether an arm of an experiment is a control (var cx_control_arms). #}
{% macro is_control_arm(arm) -%}
    {%- set names = var('cx_control_arms') -%}
    {%- if names -%}
    {{ arm }} in ('{{ names | join("', '") }}')
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}
