select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    to_interaction_id,

    -- strings
    from_type,
    to_type,
    status,
    requested_by,
    intent_before,
    intent_after,

    -- numbers
    {{ demo_cast('context_fields_expected', 'int') }} as context_fields_expected,
    {{ demo_cast('context_fields_passed', 'int') }} as context_fields_passed,

    -- booleans
    {{ demo_cast('is_context_used', 'boolean') }} as is_context_used,

    -- times
    {{ demo_cast('requested_at', 'timestamp') }} as requested_at,
    {{ demo_cast('connected_at', 'timestamp') }} as connected_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('handoffs') }} as cast_errors
from {{ demo_source('handoffs') }}
