with transfers as (
    select *
    from {{ ref('base_tau2__tool_calls') }}
    where is_transfer
),

conversations as (
    select
        simulation_key,
        interaction_id,
        intent_id,
        ingested_at
    from {{ ref('base_tau2__conversations') }}
),

turns as (
    select
        interaction_id,
        turn_number,
        min(occurred_at) as occurred_at
    from {{ ref('stg_tau2__turns') }}
    group by interaction_id, turn_number
)

select
    'tau2' as source_system,
    conversations.interaction_id
    || '/' || cast(transfers.turn_number as string)
    || '/' || cast(transfers.tool_call_position as string) as source_event_id,
    conversations.ingested_at,
    cast(null as string) as cast_errors,
    conversations.interaction_id,
    'bot' as from_type,
    'agent' as to_type,
    turns.occurred_at as requested_at,
    case when transfers.is_failed then 'failed' else 'connected' end as status,
    'bot' as requested_by,
    cast(null as timestamp) as connected_at,
    1 as context_fields_expected,
    case when nullif(trim(transfers.summary), '') is null then 0 else 1 end
        as context_fields_passed,
    cast(null as boolean) as is_context_used,
    conversations.intent_id as intent_before,
    cast(null as string) as intent_after,
    cast(null as string) as to_interaction_id
from transfers
inner join conversations on transfers.simulation_key = conversations.simulation_key
inner join turns
    on
        conversations.interaction_id = turns.interaction_id
        and transfers.turn_number = turns.turn_number
