select
    -- ids
    'demo' as source_system,
    source_event_id,
    unit_id,
    experiment_id,

    -- strings
    unit_type,
    arm,

    -- times
    {{ demo_cast('assigned_at', 'timestamp') }} as assigned_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('experiment_assignments') }} as cast_errors
from {{ demo_source('experiment_assignments') }}
