{#
    has_evidence, numerator, denominator and weight of a share: the condition is a boolean over the
    unit, NULL where it cannot be known, and then the unit lowers the coverage and not the value.
#}
{% macro known_share(condition) -%}
    {{ condition }} is not null as has_evidence,
    case when {{ condition }} then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    case when {{ condition }} is null then 0.0 else 1.0 end as weight
{%- endmacro %}
