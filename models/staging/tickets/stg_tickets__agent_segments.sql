select
    'tickets' as source_system,
    interaction_id || '/stint/' || cast(stint_number as string) as source_event_id,
    coalesce(answered_at, offered_at) as ingested_at,
    cast(null as string) as cast_errors,
    interaction_id,
    agent_id,
    offered_at,
    answered_at,
    cast(null as double) as talk_seconds,
    cast(null as double) as hold_seconds,
    cast(null as double) as wrap_seconds
from {{ ref('base_tickets__stints') }}
