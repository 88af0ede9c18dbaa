select
    -- ids
    'demo' as source_system,
    source_event_id,
    offer_id,
    interaction_id,

    -- strings
    kind,
    target_channel,

    -- numbers
    {{ demo_cast('amount_usd', 'double') }} as amount_usd,

    -- times
    {{ demo_cast('presented_at', 'timestamp') }} as presented_at,
    {{ demo_cast('accepted_at', 'timestamp') }} as accepted_at,
    {{ demo_cast('reversed_at', 'timestamp') }} as reversed_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('offers') }} as cast_errors
from {{ demo_source('offers') }}
