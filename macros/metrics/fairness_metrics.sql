{#
    The measures that fairness compares between segments.
    kind        proportion | mean
    direction   up: high is good for the customer; down: low is, and ratios are turned over
    floor       the least a value can be: ratios are of the distance from it, since a mean of 1 on a
                scale from 1 to 5 is nothing
    unit        of the differences
    event       what the unit is dated by: journey, interaction or wait
    registry    the metric of the registry that it belongs to: owner, maturity
#}
{% macro fairness_metrics() %}
    {% do return({
        "containment_rate": {
            "kind": "proportion", "direction": "up", "floor": 0, "unit": "share",
            "event": "journey", "registry": "containment_rate",
        },
        "resolution_accuracy": {
            "kind": "proportion", "direction": "up", "floor": 0, "unit": "share",
            "event": "journey", "registry": "resolution_accuracy",
        },
        "conversational_csat": {
            "kind": "mean", "direction": "up", "floor": 1, "unit": "score",
            "event": "interaction", "registry": "conversational_csat",
        },
        "survey_csat": {
            "kind": "mean", "direction": "up", "floor": 1, "unit": "score",
            "event": "interaction", "registry": "survey_csat",
        },
        "agent_wait": {
            "kind": "mean", "direction": "down", "floor": 0, "unit": "multiples of the target",
            "event": "wait", "registry": "agent_sla_adherence",
        },
    }) %}
{% endmacro %}


{# One row per measure of fairness_metrics, with its properties as columns. #}
{% macro fairness_metrics_relation() -%}
    {%- for metric_id, metric in fairness_metrics().items() %}
    select
        '{{ metric_id }}' as metric_id,
        '{{ metric["registry"] }}' as registry_metric_id,
        '{{ metric["kind"] }}' as kind,
        '{{ metric["direction"] }}' as direction_of_good,
        '{{ metric["unit"] }}' as unit,
        {{ metric["floor"] }}e0 as floor_value
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
