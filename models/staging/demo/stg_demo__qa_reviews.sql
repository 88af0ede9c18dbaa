select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,

    -- strings
    criterion,
    reviewer_type,
    judge_version,

    -- numbers
    {{ demo_cast('turn_number', 'int') }} as turn_number,
    {{ demo_cast('sampling_probability', 'double') }} as sampling_probability,

    -- booleans
    {{ demo_cast('is_opportunity', 'boolean') }} as is_opportunity,
    {{ demo_cast('passed', 'boolean') }} as passed,

    -- times
    {{ demo_cast('reviewed_at', 'timestamp') }} as reviewed_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('qa_reviews') }} as cast_errors
from {{ demo_source('qa_reviews') }}
