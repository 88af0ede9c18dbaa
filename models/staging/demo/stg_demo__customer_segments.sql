select
    -- ids
    'demo' as source_system,
    source_event_id,
    id_value,

    -- strings
    id_type,
    segment_type,
    segment,
    lawful_basis,

    -- times
    {{ demo_cast('valid_from', 'timestamp') }} as valid_from,
    {{ demo_cast('valid_to', 'timestamp') }} as valid_to,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('customer_segments') }} as cast_errors
from {{ demo_source('customer_segments') }}
