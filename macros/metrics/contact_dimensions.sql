{#
    The dimensions of a metric whose unit is a contact or part of one (turn, survey, wait): those of
    int_contacts_dimensioned. What happened is final at once unless is_mature says otherwise.
#}
{% macro contact_dimensions(
    unit_id, metric_date='contact_started_on', is_mature='true', handling_path='handling_path'
) -%}
    {{ unit_id }} as unit_id,
    customer_id,
    {{ metric_date }} as metric_date,
    {{ is_mature }} as is_mature,
    intent_id,
    channel,
    customer_segment,
    {{ handling_path }} as handling_path,
    risk_tier,
    complexity,
    release_id
{%- endmacro %}
