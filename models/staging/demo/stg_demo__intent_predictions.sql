select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    intent_id,
    release_id,
    labelled_intent_id,

    -- strings
    label_source,

    -- numbers
    {{ demo_cast('turn_number', 'int') }} as turn_number,
    {{ demo_cast('confidence', 'double') }} as confidence,
    {{ demo_cast('rank', 'int') }} as rank,

    -- times
    {{ demo_cast('predicted_at', 'timestamp') }} as predicted_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('intent_predictions') }} as cast_errors
from {{ demo_source('intent_predictions') }}
