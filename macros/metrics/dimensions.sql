{# The dimensions that every metric over journeys carries; see fct_journeys for their meaning. #}
{% macro journey_dimensions(handling_path='handling_path') -%}
    journey_id as unit_id,
    customer_id,
    journey_started_on as metric_date,
    is_mature,
    intent_id,
    channel,
    customer_segment,
    {{ handling_path }} as handling_path,
    risk_tier,
    complexity,
    release_id
{%- endmacro %}


{# Names of the dimensions of metric_daily, in its order. #}
{% macro metric_dimension_names() %}
    {% do return([
        "intent_id", "channel", "customer_segment", "handling_path", "risk_tier", "complexity",
        "release_id"
    ]) %}
{% endmacro %}


{#
    Weight of a journey in containment: forced terminations stay in the denominator as failures, or
    leave it (var containment_forced_terminations: fail | exclude).
#}
{% macro forced_termination_weight() -%}
    {%- if var('containment_forced_terminations') == 'exclude' -%}
    case when outcome = 'forced_termination' then 0.0 else 1.0 end
    {%- else -%}
    1.0
    {%- endif -%}
{%- endmacro %}
