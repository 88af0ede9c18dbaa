with conversations as (
    select * from {{ ref('base_tau2__conversations') }}
),

ended as (
    select
        *,
        coalesce(termination_reason in ('user_stop', 'agent_stop'), false) as is_ended_by_choice
    from conversations
)

select
    'tau2' as source_system,
    interaction_id as source_event_id,
    ingested_at,
    cast_errors,
    interaction_id,
    'chat' as channel,
    'inbound' as direction,
    started_at,
    ended_at,
    case
        when termination_reason is null then null
        when is_ended_by_choice and is_transferred then 'transferred'
        when termination_reason = 'user_stop' then 'completed'
        when termination_reason = 'agent_stop' then 'bot_ended'
        when termination_reason like 'max_%' then 'max_turns'
        when termination_reason like '%timeout%' then 'timeout'
        else 'error'
    end as end_reason,
    cast(null as string) as parent_interaction_id,
    'customer' as {{ adapter.quote('trigger') }},
    cast(null as string) as locale,
    coalesce(termination_reason = 'infrastructure_error', false) as is_test,
    case
        when is_ended_by_choice and is_transferred then 'escalated'
        when is_ended_by_choice then 'resolved'
    end as declared_outcome,
    case when is_ended_by_choice then coalesce(ended_at, started_at) end as declared_at,
    cast(null as string) as queue_id
from ended
