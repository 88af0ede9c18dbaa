select
    -- ids
    'demo' as source_system,
    source_event_id,
    intent_id,

    -- strings
    intent_family,
    risk_tier,
    complexity,
    confirming_event_type,
    owner,

    -- numbers
    {{ demo_cast('journey_window_days', 'double') }} as journey_window_days,
    {{ demo_cast('confirmation_deadline_hours', 'double') }} as confirmation_deadline_hours,
    {{ demo_cast('value_usd', 'double') }} as value_usd,
    {{ demo_cast('automation_feasibility', 'double') }} as automation_feasibility,

    -- booleans
    {{ demo_cast('is_automatable', 'boolean') }} as is_automatable,

    -- times
    {{ demo_cast('valid_from', 'timestamp') }} as valid_from,
    {{ demo_cast('valid_to', 'timestamp') }} as valid_to,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('intent_catalogue') }} as cast_errors
from {{ demo_source('intent_catalogue') }}
