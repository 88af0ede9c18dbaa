with conversations as (
    select
        interaction_id,
        intent_id,
        expects_transfer,
        is_transferred,
        coalesce(ended_at, started_at) as ended_at,
        ingested_at
    from {{ ref('base_tau2__conversations') }}
    where is_passed
),

-- the benchmark looks at the state that the last message left behind
last_turns as (
    select
        interaction_id,
        max(occurred_at) as last_turn_at
    from {{ ref('stg_tau2__turns') }}
    group by interaction_id
),

-- where the task wants a human, a pass says that the transfer was made, not that the customer was
-- helped: only a pass without a transfer confirms a resolution there
events as (
    select
        *,
        'task_confirmed' as event_type
    from conversations
    union all
    select
        *,
        'resolution_confirmed' as event_type
    from conversations
    where expects_transfer and not is_transferred
)

select
    'tau2' as source_system,
    events.interaction_id || '/' || events.event_type as source_event_id,
    events.ingested_at,
    cast(null as string) as cast_errors,
    'tau2_simulated_customer' as id_type,
    events.interaction_id as id_value,
    events.event_type,
    coalesce(last_turns.last_turn_at, events.ended_at) as occurred_at,
    cast(null as double) as amount_usd,
    events.intent_id,
    cast(null as string) as reverses_event_id
from events
left join last_turns on events.interaction_id = last_turns.interaction_id
