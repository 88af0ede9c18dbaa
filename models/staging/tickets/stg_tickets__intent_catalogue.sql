select distinct
    'tickets' as source_system,
    intent_id as source_event_id,
    cast(null as timestamp) as ingested_at,
    cast(null as string) as cast_errors,
    intent_id,
    'ticket' as intent_family,
    false as is_automatable,
    'medium' as risk_tier,
    'moderate' as complexity,
    cast('{{ var("cx_earliest_event_date") }}' as timestamp) as valid_from,
    cast(null as timestamp) as valid_to,
    cast(null as double) as journey_window_days,
    'ticket_completed' as confirming_event_type,
    cast(null as double) as confirmation_deadline_hours,
    cast(null as double) as value_usd,
    cast(null as double) as automation_feasibility,
    cast(null as string) as owner
from {{ ref('base_tickets__contacts') }}
