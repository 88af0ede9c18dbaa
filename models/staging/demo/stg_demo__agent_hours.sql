select
    -- ids
    'demo' as source_system,
    source_event_id,
    agent_id,

    -- numbers
    {{ demo_cast('paid_seconds', 'double') }} as paid_seconds,

    -- times
    {{ demo_cast('worked_on', 'date') }} as worked_on,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('agent_hours') }} as cast_errors
from {{ demo_source('agent_hours') }}
