select
    -- ids
    'demo' as source_system,
    source_event_id,
    interaction_id,
    actor_id,
    intent_id,
    release_id,

    -- strings
    actor_type,
    text_redacted,

    -- numbers
    {{ demo_cast('turn_number', 'int') }} as turn_number,
    {{ demo_cast('latency_ms', 'double') }} as latency_ms,
    {{ demo_cast('sentiment', 'double') }} as sentiment,
    {{ demo_cast('required_facts', 'int') }} as required_facts,
    {{ demo_cast('delivered_facts', 'int') }} as delivered_facts,
    {{ demo_cast('cost_usd', 'double') }} as cost_usd,
    {{ demo_cast('input_tokens', 'bigint') }} as input_tokens,
    {{ demo_cast('output_tokens', 'bigint') }} as output_tokens,

    -- booleans
    {{ demo_cast('is_clarification', 'boolean') }} as is_clarification,
    {{ demo_cast('is_no_match', 'boolean') }} as is_no_match,
    {{ demo_cast('is_repeat', 'boolean') }} as is_repeat,
    {{ demo_cast('is_reauthentication', 'boolean') }} as is_reauthentication,
    {{ demo_cast('requires_empathy', 'boolean') }} as requires_empathy,
    {{ demo_cast('empathy_met', 'boolean') }} as empathy_met,

    -- times
    {{ demo_cast('occurred_at', 'timestamp') }} as occurred_at,
    {{ demo_cast('ingested_at', 'timestamp') }} as ingested_at,

    -- validity
    {{ demo_cast_errors('turns') }} as cast_errors
from {{ demo_source('turns') }}
