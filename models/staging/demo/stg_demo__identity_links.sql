select
    -- ids
    'demo' as source_system,
    source_event_id,
    id_value_a,
    id_value_b,

    -- strings
    id_type_a,
    id_type_b,
    method,

    -- numbers
    {{ demo_cast('confidence', 'double') }} as confidence,

    -- times
    {{ demo_cast('linked_at', 'timestamp') }} as linked_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('identity_links') }} as cast_errors
from {{ demo_source('identity_links') }}
