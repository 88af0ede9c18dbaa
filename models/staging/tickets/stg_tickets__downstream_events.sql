with contacts as (
    select *
    from {{ ref('base_tickets__contacts') }}
),

events as (
    select
        interaction_id || '/completed' as source_event_id,
        case_id,
        intent_id,
        'ticket_completed' as event_type,
        completed_at as occurred_at,
        cast(null as string) as reverses_event_id
    from contacts
    where completed_at is not null and completed_by <> 'cancelled'
    union all
    select
        interaction_id || '/in_call' as source_event_id,
        case_id,
        intent_id,
        'resolved_in_call' as event_type,
        completed_at as occurred_at,
        cast(null as string) as reverses_event_id
    from contacts
    where completed_by = 'resolved_in_call'
    union all
    select
        interaction_id || '/closed' as source_event_id,
        case_id,
        intent_id,
        'ticket_closed' as event_type,
        closed_at as occurred_at,
        cast(null as string) as reverses_event_id
    from contacts
    where closed_at is not null
    union all
    select
        interaction_id || '/reopened' as source_event_id,
        case_id,
        intent_id,
        'reversal' as event_type,
        reopened_at as occurred_at,
        interaction_id || '/completed' as reverses_event_id
    from contacts
    where reopened_at is not null
)

select
    'tickets' as source_system,
    source_event_id,
    occurred_at as ingested_at,
    cast(null as string) as cast_errors,
    'ticket_case' as id_type,
    case_id as id_value,
    event_type,
    occurred_at,
    cast(null as double) as amount_usd,
    intent_id,
    reverses_event_id
from events
