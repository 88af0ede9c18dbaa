{#
    Downstream event types whose amount is revenue that service can win. A bill that is paid was owed
    before: it is none. Overridable like the definitions of journeys.
#}
{% macro revenue_event_types() %}
    {% do return(adapter.dispatch("revenue_event_types", "ai_cx_metrics")()) %}
{% endmacro %}

{% macro default__revenue_event_types() %}
    {% do return(["purchase", "plan_changed"]) %}
{% endmacro %}
