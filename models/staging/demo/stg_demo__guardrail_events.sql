select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    policy_id,

    -- strings
    kind,
    detector,

    -- numbers
    {{ demo_cast('turn_number', 'int') }} as turn_number,
    {{ demo_cast('severity', 'int') }} as severity,

    -- booleans
    {{ demo_cast('was_blocked', 'boolean') }} as was_blocked,
    {{ demo_cast('was_delivered', 'boolean') }} as was_delivered,

    -- times
    {{ demo_cast('occurred_at', 'timestamp') }} as occurred_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('guardrail_events') }} as cast_errors
from {{ demo_source('guardrail_events') }}
