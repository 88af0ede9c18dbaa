{#
    The input contract: every table that a source system's staging folder delivers, as
    stg_<system>__<table>. One place; the empty stub, the union, the checks, the quarantined payload
    and the coverage report are all made from it.

    Every table also carries the common columns of canonical_common_columns().
    A column is [name, type] or [name, type, rules] with rules
        required  the row is quarantined when it is missing
        values    the enum: anything else is quarantined
        min, max  the inclusive range
        mask      personal data in free text is replaced before anything is stored
    event_time  the column that says when the event happened (checked against ingestion)
    parent      true: interaction_id must be one of the accepted interactions
    unique      the table's own key: a second event with the same key is quarantined
    ordered     pairs [earlier, later]: a row in which the later comes first is quarantined
    ids         columns that hold an interaction's id, made unique across systems by the union
#}
{% macro canonical_tables() %}
    {% set yes = {"required": true} %}
    {% set non_negative = {"min": 0} %}
    {% set share = {"min": 0, "max": 1} %}
    {% set actor_types = ["customer", "bot", "agent", "system"] %}
    {% set handler_types = ["bot", "agent", "specialist"] %}
    {% do return({
        "interactions": {
            "unique": ["interaction_id"],
            "ordered": [["started_at", "ended_at"]],
            "ids": ["interaction_id", "parent_interaction_id"],
            "event_time": "started_at",
            "columns": [
                ["interaction_id", "string", yes],
                ["channel", "string", {"required": true, "values": var("cx_channels", [])}],
                ["direction", "string", {"required": true, "values": ["inbound", "outbound"]}],
                ["started_at", "timestamp", yes],
                ["ended_at", "timestamp"],
                ["end_reason", "string", {"values": [
                    "completed", "customer_left", "bot_ended", "agent_ended", "transferred",
                    "timeout", "max_turns", "policy_cutoff", "error"]}],
                ["parent_interaction_id", "string"],
                ["trigger", "string", {"values": ["customer", "proactive"]}],
                ["locale", "string"],
                ["is_test", "boolean"],
                ["declared_outcome", "string", {"values": [
                    "resolved", "partially_resolved", "escalated", "abandoned"]}],
                ["declared_at", "timestamp"],
                ["queue_id", "string"],
            ],
        },
        "interaction_identifiers": {
            "ids": ["interaction_id"],
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["id_type", "string", yes],
                ["id_value", "string", yes],
            ],
        },
        "turns": {
            "unique": ["interaction_id", "turn_number"],
            "ids": ["interaction_id"],
            "event_time": "occurred_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["turn_number", "int", {"required": true, "min": 0}],
                ["actor_type", "string", {"required": true, "values": actor_types}],
                ["actor_id", "string"],
                ["occurred_at", "timestamp", yes],
                ["intent_id", "string"],
                ["latency_ms", "double", non_negative],
                ["is_clarification", "boolean"],
                ["is_no_match", "boolean"],
                ["is_repeat", "boolean"],
                ["is_reauthentication", "boolean"],
                ["sentiment", "double", {"min": -1, "max": 1}],
                ["requires_empathy", "boolean"],
                ["empathy_met", "boolean"],
                ["required_facts", "int", non_negative],
                ["delivered_facts", "int", non_negative],
                ["text_redacted", "string", {"mask": true}],
                ["release_id", "string"],
                ["cost_usd", "double", non_negative],
                ["input_tokens", "bigint", non_negative],
                ["output_tokens", "bigint", non_negative],
            ],
        },
        "handoffs": {
            "ordered": [["requested_at", "connected_at"]],
            "ids": ["interaction_id", "to_interaction_id"],
            "event_time": "requested_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["from_type", "string", {"required": true, "values": handler_types}],
                ["to_type", "string", {"required": true, "values": handler_types}],
                ["requested_at", "timestamp", yes],
                ["status", "string", {"required": true, "values": [
                    "connected", "failed", "deferred", "refused"]}],
                ["requested_by", "string", {"values": actor_types}],
                ["connected_at", "timestamp"],
                ["context_fields_expected", "int", non_negative],
                ["context_fields_passed", "int", non_negative],
                ["is_context_used", "boolean"],
                ["intent_before", "string"],
                ["intent_after", "string"],
                ["to_interaction_id", "string"],
            ],
        },
        "intent_predictions": {
            "ids": ["interaction_id"],
            "event_time": "predicted_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["turn_number", "int", {"required": true, "min": 0}],
                ["predicted_at", "timestamp"],
                ["intent_id", "string"],
                ["confidence", "double", share],
                ["rank", "int", {"min": 1}],
                ["release_id", "string"],
                ["labelled_intent_id", "string"],
                ["label_source", "string"],
            ],
        },
        "suggestions": {
            "unique": ["suggestion_id"],
            "ids": ["interaction_id"],
            "event_time": "displayed_at",
            "parent": true,
            "columns": [
                ["suggestion_id", "string", yes],
                ["interaction_id", "string", yes],
                ["agent_id", "string"],
                ["kind", "string"],
                ["displayed_at", "timestamp"],
                ["acted_at", "timestamp"],
                ["action", "string", {"values": ["accepted", "edited", "rejected", "ignored"]}],
                ["arm", "string"],
            ],
        },
        "surveys": {
            "ids": ["interaction_id"],
            "ordered": [["offered_at", "responded_at"], ["scale_min", "scale_max"]],
            "event_time": "offered_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["offered_at", "timestamp"],
                ["responded_at", "timestamp"],
                ["instrument", "string", {"required": true, "values": [
                    "csat", "ces", "nps", "resolution"]}],
                ["score", "double"],
                ["scale_min", "double"],
                ["scale_max", "double"],
            ],
        },
        "downstream_events": {
            "event_time": "occurred_at",
            "columns": [
                ["id_type", "string", yes],
                ["id_value", "string", yes],
                ["event_type", "string", yes],
                ["occurred_at", "timestamp", yes],
                ["amount_usd", "double"],
                ["intent_id", "string"],
                ["reverses_event_id", "string"],
            ],
        },
        "guardrail_events": {
            "ids": ["interaction_id"],
            "event_time": "occurred_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["turn_number", "int", non_negative],
                ["occurred_at", "timestamp"],
                ["policy_id", "string", yes],
                ["severity", "int", {"required": true, "min": 1, "max": 4}],
                ["kind", "string", {"required": true, "values": ["violation", "near_miss"]}],
                ["was_blocked", "boolean"],
                ["was_delivered", "boolean"],
                ["detector", "string"],
            ],
        },
        "qa_reviews": {
            "ids": ["interaction_id"],
            "event_time": "reviewed_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["turn_number", "int", non_negative],
                ["criterion", "string", yes],
                ["reviewer_type", "string", {"required": true, "values": ["human", "auto"]}],
                ["is_opportunity", "boolean"],
                ["passed", "boolean"],
                ["sampling_probability", "double", share],
                ["reviewed_at", "timestamp"],
                ["judge_version", "string"],
            ],
        },
        "agent_segments": {
            "ids": ["interaction_id"],
            "ordered": [["offered_at", "answered_at"]],
            "event_time": "offered_at",
            "parent": true,
            "columns": [
                ["interaction_id", "string", yes],
                ["agent_id", "string"],
                ["offered_at", "timestamp", yes],
                ["answered_at", "timestamp"],
                ["talk_seconds", "double", non_negative],
                ["hold_seconds", "double", non_negative],
                ["wrap_seconds", "double", non_negative],
            ],
        },
        "agents": {
            "unique": ["agent_id", "valid_from"],
            "columns": [
                ["agent_id", "string", yes],
                ["team", "string"],
                ["hired_on", "date"],
                ["assist_enabled_from", "timestamp"],
                ["valid_from", "timestamp"],
                ["valid_to", "timestamp"],
            ],
        },
        "agent_hours": {
            "unique": ["agent_id", "worked_on"],
            "columns": [
                ["agent_id", "string", yes],
                ["worked_on", "date", yes],
                ["paid_seconds", "double", {"required": true, "min": 0}],
            ],
        },
        "identity_links": {
            "event_time": "linked_at",
            "columns": [
                ["id_type_a", "string", yes],
                ["id_value_a", "string", yes],
                ["id_type_b", "string", yes],
                ["id_value_b", "string", yes],
                ["linked_at", "timestamp", yes],
                ["method", "string"],
                ["confidence", "double", share],
            ],
        },
        "customer_segments": {
            "unique": ["id_type", "id_value", "segment_type", "valid_from"],
            "ordered": [["valid_from", "valid_to"]],
            "columns": [
                ["id_type", "string", yes],
                ["id_value", "string", yes],
                ["segment_type", "string", yes],
                ["segment", "string", yes],
                ["lawful_basis", "string"],
                ["valid_from", "timestamp", yes],
                ["valid_to", "timestamp"],
            ],
        },
        "releases": {
            "unique": ["release_id"],
            "columns": [
                ["release_id", "string", yes],
                ["model", "string"],
                ["prompt_version", "string"],
                ["deployed_at", "timestamp", yes],
                ["rolled_back_at", "timestamp"],
            ],
        },
        "experiment_assignments": {
            "event_time": "assigned_at",
            "columns": [
                ["unit_type", "string", {"required": true, "values": [
                    "interaction", "customer", "agent"]}],
                ["unit_id", "string", yes],
                ["experiment_id", "string", yes],
                ["arm", "string", yes],
                ["assigned_at", "timestamp", yes],
            ],
        },
        "offers": {
            "unique": ["offer_id"],
            "ids": ["interaction_id"],
            "event_time": "presented_at",
            "parent": true,
            "columns": [
                ["offer_id", "string", yes],
                ["interaction_id", "string", yes],
                ["kind", "string", yes],
                ["target_channel", "string"],
                ["presented_at", "timestamp", yes],
                ["accepted_at", "timestamp"],
                ["amount_usd", "double"],
                ["reversed_at", "timestamp"],
            ],
        },
        "consents": {
            "event_time": "recorded_at",
            "columns": [
                ["id_type", "string", yes],
                ["id_value", "string", yes],
                ["purpose", "string", yes],
                ["status", "string", {"required": true, "values": ["granted", "withdrawn"]}],
                ["recorded_at", "timestamp"],
                ["ai_disclosed_at", "timestamp"],
                ["retention_until", "timestamp"],
            ],
        },
        "rate_card": {
            "unique": ["item", "valid_from"],
            "columns": [
                ["item", "string", yes],
                ["unit_price_usd", "double", {"required": true, "min": 0}],
                ["valid_from", "timestamp", yes],
                ["valid_to", "timestamp"],
            ],
        },
        "intent_catalogue": {
            "unique": ["intent_id", "valid_from"],
            "ordered": [["valid_from", "valid_to"]],
            "columns": [
                ["intent_id", "string", yes],
                ["intent_family", "string", yes],
                ["is_automatable", "boolean", yes],
                ["risk_tier", "string", {"required": true, "values": ["low", "medium", "high"]}],
                ["complexity", "string", {"required": true, "values": [
                    "simple", "moderate", "complex"]}],
                ["valid_from", "timestamp", yes],
                ["valid_to", "timestamp"],
                ["journey_window_days", "double", {"min": 0}],
                ["confirming_event_type", "string"],
                ["confirmation_deadline_hours", "double", non_negative],
                ["value_usd", "double"],
                ["automation_feasibility", "double", share],
                ["owner", "string"],
            ],
        },
    }) %}
{% endmacro %}


{# The columns that every canonical table carries besides its own. #}
{% macro canonical_common_columns() %}
    {% do return([
        ["source_system", "string"],
        ["source_event_id", "string"],
        ["ingested_at", "timestamp"],
        ["cast_errors", "string"],
    ]) %}
{% endmacro %}


{#
    One canonical table as an empty relation: what a system delivers for a table it does not have.
    Macros for staging name the package in their own calls, and do without its vars: an installing
    project calls them too.
#}
{% macro canonical_empty(table) %}
    {%- set common = ai_cx_metrics.canonical_common_columns() %}
    select
    {%- for column in common + ai_cx_metrics.canonical_tables()[table]["columns"] %}
        cast(null as {{ column[1] }}) as {{ column[0] }}{{ "," if not loop.last }}
    {%- endfor %}
    where 1 = 0
{% endmacro %}
