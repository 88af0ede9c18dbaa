{#
    The columns of a source of alerts and their types. Consecutive point_numbers of a slice are one
    episode; next_point_on is the next point that could have signalled, NULL for the latest.
#}
{% macro alert_signal_columns() %}
    {% do return({
        "source": "string",
        "rule_id": "string",
        "metric_id": "string",
        "slice_dimension": "string",
        "slice_value": "string",
        "point_number": "bigint",
        "seen_on": "date",
        "next_point_on": "date",
        "size": "double",
        "size_unit": "string",
        "reason": "string",
    }) %}
{% endmacro %}


{# The rows of several sources of alerts, one after the other. #}
{% macro alert_signals(sources) -%}
    select
        {%- for column, type in alert_signal_columns().items() %}
        cast(signals.{{ column }} as {{ type }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from (
        {%- for source in sources %}
        select
            {%- for column in alert_signal_columns() %}
            {{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ source }}
        {{ "union all" if not loop.last }}
        {%- endfor %}
    ) as signals
{%- endmacro %}
