select
    -- ids
    'demo' as source_system,
    source_event_id,
    id_value,

    -- strings
    id_type,
    purpose,
    status,

    -- times
    {{ demo_cast('recorded_at', 'timestamp') }} as recorded_at,
    {{ demo_cast('ai_disclosed_at', 'timestamp') }} as ai_disclosed_at,
    {{ demo_cast('retention_until', 'timestamp') }} as retention_until,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('consents') }} as cast_errors
from {{ demo_source('consents') }}
