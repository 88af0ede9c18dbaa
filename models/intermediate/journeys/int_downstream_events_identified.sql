with events as (
    select *
    from {{ ref('int_downstream_events_accepted') }}
),

identifiers as (
    select
        identifier_id,
        customer_id
    from {{ ref('int_identifier_customers') }}
),

-- A reversal names the event that it takes back.
reversals as (
    select
        source_system,
        reverses_event_id,
        min(occurred_at) as reversed_at
    from events
    where reverses_event_id is not null
    group by source_system, reverses_event_id
),

-- A booking the other way: it bears the type of the event that it takes back.
corrections as (
    select distinct
        events.source_system,
        events.source_event_id
    from events
    inner join events as taken_back
        on
            events.source_system = taken_back.source_system
            and events.reverses_event_id = taken_back.source_event_id
            and events.event_type = taken_back.event_type
    where events.reverses_event_id is not null
)

select
    events.source_system || ':' || events.source_event_id as downstream_event_id,
    identifiers.customer_id,
    events.event_type,
    events.occurred_at,
    events.amount_usd,
    events.intent_id,
    reversals.reversed_at,
    corrections.source_event_id is not null as is_correction
from events
left join identifiers
    on {{ identifier_id('events.id_type', 'events.id_value') }} = identifiers.identifier_id
left join reversals
    on
        events.source_system = reversals.source_system
        and events.source_event_id = reversals.reverses_event_id
left join corrections
    on
        events.source_system = corrections.source_system
        and events.source_event_id = corrections.source_event_id
