select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    parent_interaction_id,
    queue_id,

    -- strings
    channel,
    direction,
    end_reason,
    trigger,
    locale,
    declared_outcome,

    -- booleans
    {{ demo_cast('is_test', 'boolean') }} as is_test,

    -- times
    {{ demo_cast('started_at', 'timestamp') }} as started_at,
    {{ demo_cast('ended_at', 'timestamp') }} as ended_at,
    {{ demo_cast('declared_at', 'timestamp') }} as declared_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('interactions') }} as cast_errors
from {{ demo_source('interactions') }}
