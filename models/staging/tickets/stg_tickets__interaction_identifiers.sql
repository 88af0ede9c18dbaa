select
    'tickets' as source_system,
    interaction_id || '/case' as source_event_id,
    last_event_at as ingested_at,
    cast(null as string) as cast_errors,
    interaction_id,
    'ticket_case' as id_type,
    case_id as id_value
from {{ ref('base_tickets__contacts') }}
