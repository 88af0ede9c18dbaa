select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,

    -- strings
    instrument,

    -- numbers
    {{ demo_cast('score', 'double') }} as score,
    {{ demo_cast('scale_min', 'double') }} as scale_min,
    {{ demo_cast('scale_max', 'double') }} as scale_max,

    -- times
    {{ demo_cast('offered_at', 'timestamp') }} as offered_at,
    {{ demo_cast('responded_at', 'timestamp') }} as responded_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('surveys') }} as cast_errors
from {{ demo_source('surveys') }}
