select
    'tickets' as source_system,
    interaction_id as source_event_id,
    last_event_at as ingested_at,
    cast(null as string) as cast_errors,
    interaction_id,
    'ticket' as channel,
    'inbound' as direction,
    started_at,
    completed_at as ended_at,
    case
        when completed_by = 'cancelled' then 'customer_left'
        when completed_by is not null then 'completed'
    end as end_reason,
    case when contact_number > 1 then case_id end as parent_interaction_id,
    'customer' as {{ adapter.quote('trigger') }},
    cast(null as string) as locale,
    false as is_test,
    case
        when completed_by = 'cancelled' then 'abandoned'
        when completed_by is not null then 'resolved'
    end as declared_outcome,
    completed_at as declared_at,
    first_group as queue_id
from {{ ref('base_tickets__contacts') }}
