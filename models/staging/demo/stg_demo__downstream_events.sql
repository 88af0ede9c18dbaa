select
    -- ids
    'demo' as source_system,
    source_event_id,
    id_value,
    intent_id,
    reverses_event_id,

    -- strings
    id_type,
    event_type,

    -- numbers
    {{ demo_cast('amount_usd', 'double') }} as amount_usd,

    -- times
    {{ demo_cast('occurred_at', 'timestamp') }} as occurred_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('downstream_events') }} as cast_errors
from {{ demo_source('downstream_events') }}
