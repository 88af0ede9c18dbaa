select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    id_value,

    -- strings
    id_type,

    -- times
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('interaction_identifiers') }} as cast_errors
from {{ demo_source('interaction_identifiers') }}
