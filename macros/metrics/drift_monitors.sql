{#
    The inputs whose distribution input_drift watches: what is compared (a number or a category),
    its unit, and the input that it needs.
#}
{% macro input_monitors() %}
    {% do return({
        "intent_mix": {"type": "category", "unit": "share", "input": "turns.intent_id"},
        "channel_mix": {"type": "category", "unit": "share", "input": "interactions"},
        "predicted_intent_mix": {
            "type": "category", "unit": "share", "input": "intent_predictions.intent_id"},
        "recognition_confidence": {
            "type": "number", "unit": "share", "input": "intent_predictions.confidence"},
        "customer_sentiment": {"type": "number", "unit": "score", "input": "turns.sentiment"},
        "contact_length": {"type": "number", "unit": "turns", "input": "turns"},
        "message_length": {
            "type": "number", "unit": "characters", "input": "turns.text_redacted"},
    }) %}
{% endmacro %}


{#
    The slices of performance_drift: dimension to the columns that make it. Two columns where one
    alone would hide where a change sits; a cube of all would be mostly empty.
#}
{% macro drift_slices() %}
    {% do return({
        "overall": [],
        "intent_id": ["intent_id"],
        "channel": ["channel"],
        "customer_segment": ["customer_segment"],
        "release_id": ["release_id"],
        "intent_id / channel": ["intent_id", "channel"],
        "release_id / intent_id": ["release_id", "intent_id"],
    }) %}
{% endmacro %}


{# Weight of a risk tier (var cx_risk_weights); 1 outside the catalogue, as in the composites. #}
{% macro risk_weight(risk_tier='risk_tier') -%}
    case {{ risk_tier }}
            {%- for tier, weight in var('cx_risk_weights').items() %}
            when '{{ tier }}' then {{ weight }}e0
            {%- endfor %}
            else 1e0
        end
{%- endmacro %}


{# Monday of the week of a date, and the first Monday on or after it. #}
{% macro week_of(date) -%}
    cast(date_trunc('week', {{ date }}) as date)
{%- endmacro %}

{% macro week_on_or_after(date) -%}
    cast(date_trunc('week', cast({{ date }} as date) + 6) as date)
{%- endmacro %}


{# The first week that a baseline may hold (var cx_drift_baseline_starts_on). #}
{% macro drift_baseline_week() -%}
    {{ week_on_or_after("'" ~ (var('cx_drift_baseline_starts_on') or '1900-01-01') ~ "'") }}
{%- endmacro %}


{#
    Select statement: rows of a relation (columns and is_signal, one per keys and week) with
    signal_since, the first week of the run of signals that the row's week belongs to; NULL without
    a signal. A week in which the slice has no row does not end the run.
#}
{% macro with_signal_since(relation, columns, keys, week='week_starts_on') %}
    select
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        is_signal,
        case
            when is_signal
                then min({{ week }}) over (
                    {{ partition_by(keys + ['is_signal', 'signal_run']) }}
                )
        end as signal_since
    from (
        select
            r.*,
            row_number() over ({{ partition_by(keys) }} order by {{ week }})
            - row_number() over ({{ partition_by(keys + ['is_signal']) }} order by {{ week }})
                as signal_run
        from {{ relation }} as r
    ) as runs
{%- endmacro %}
