{# Number of a week, from its Monday (bigint): consecutive weeks have consecutive numbers. #}
{% macro week_number(week_starts_on) -%}
    cast(floor({{ seconds_between(
        "cast('1900-01-01' as timestamp)", 'cast(' ~ week_starts_on ~ ' as timestamp)'
    ) }} / 604800) as bigint)
{%- endmacro %}
