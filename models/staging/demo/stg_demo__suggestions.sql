select
    -- ids
    'demo' as source_system,
    source_event_id,
    suggestion_id,
    interaction_id,
    agent_id,

    -- strings
    kind,
    action,
    arm,

    -- times
    {{ demo_cast('displayed_at', 'timestamp') }} as displayed_at,
    {{ demo_cast('acted_at', 'timestamp') }} as acted_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('suggestions') }} as cast_errors
from {{ demo_source('suggestions') }}
