select
    -- ids
    'demo' as source_system,
    source_event_id,
    agent_id,

    -- strings
    team,

    -- times
    {{ demo_cast('hired_on', 'date') }} as hired_on,
    {{ demo_cast('assist_enabled_from', 'timestamp') }} as assist_enabled_from,
    {{ demo_cast('valid_from', 'timestamp') }} as valid_from,
    {{ demo_cast('valid_to', 'timestamp') }} as valid_to,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('agents') }} as cast_errors
from {{ demo_source('agents') }}
