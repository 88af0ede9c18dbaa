select
    -- ids
    'demo' as source_system,
    source_event_id,

    -- strings
    item,

    -- numbers
    {{ demo_cast('unit_price_usd', 'double') }} as unit_price_usd,

    -- times
    {{ demo_cast('valid_from', 'timestamp') }} as valid_from,
    {{ demo_cast('valid_to', 'timestamp') }} as valid_to,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('rate_card') }} as cast_errors
from {{ demo_source('rate_card') }}
