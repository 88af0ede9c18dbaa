-- a log of tickets holds what the desk did: the customer's own report is the turn that it implies
with reports as (
    select
        interaction_id || '/report' as source_event_id,
        interaction_id,
        0 as turn_number,
        'customer' as actor_type,
        cast(null as string) as actor_id,
        started_at as occurred_at,
        intent_id,
        cast(null as string) as cast_errors
    from {{ ref('base_tickets__contacts') }}
),

places as (
    select distinct
        source_event_id,
        interaction_id,
        turn_number
    from {{ ref('base_tickets__steps') }}
),

steps as (
    select
        events.source_event_id,
        coalesce(places.interaction_id, events.case_id) as interaction_id,
        places.turn_number,
        case when events.event = 'queued' then 'system' else 'agent' end as actor_type,
        events.agent_id as actor_id,
        events.event_at as occurred_at,
        events.intent_id,
        events.cast_errors
    from {{ ref('base_tickets__events') }} as events
    left join places on events.source_event_id = places.source_event_id
),

turns as (
    select * from reports
    union all
    select * from steps
)

select
    'tickets' as source_system,
    source_event_id,
    occurred_at as ingested_at,
    cast_errors,
    interaction_id,
    turn_number,
    actor_type,
    actor_id,
    occurred_at,
    intent_id,
    cast(null as double) as latency_ms,
    cast(null as boolean) as is_clarification,
    cast(null as boolean) as is_no_match,
    cast(null as boolean) as is_repeat,
    cast(null as boolean) as is_reauthentication,
    cast(null as double) as sentiment,
    cast(null as boolean) as requires_empathy,
    cast(null as boolean) as empathy_met,
    cast(null as int) as required_facts,
    cast(null as int) as delivered_facts,
    cast(null as string) as text_redacted,
    cast(null as string) as release_id,
    cast(null as double) as cost_usd,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens
from turns
