select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    agent_id,

    -- numbers
    {{ demo_cast('talk_seconds', 'double') }} as talk_seconds,
    {{ demo_cast('hold_seconds', 'double') }} as hold_seconds,
    {{ demo_cast('wrap_seconds', 'double') }} as wrap_seconds,

    -- times
    {{ demo_cast('offered_at', 'timestamp') }} as offered_at,
    {{ demo_cast('answered_at', 'timestamp') }} as answered_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('agent_segments') }} as cast_errors
from {{ demo_source('agent_segments') }}
