select
    -- ids
    'demo' as source_system,
    source_event_id,
    release_id,

    -- strings
    model,
    prompt_version,

    -- times
    {{ demo_cast('deployed_at', 'timestamp') }} as deployed_at,
    {{ demo_cast('rolled_back_at', 'timestamp') }} as rolled_back_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('releases') }} as cast_errors
from {{ demo_source('releases') }}
