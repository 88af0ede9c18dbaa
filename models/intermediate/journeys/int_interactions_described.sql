{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

with interactions as (
    select *
    from {{ ref('int_interactions_accepted') }}
    where {{ only_affected_interactions('interaction_id') }}
),

customers as (
    select
        interaction_id,
        customer_id,
        is_linked
    from {{ ref('int_interaction_customers') }}
    where {{ only_affected('customer_id') }}
),

turn_totals as (
    select
        interaction_id,
        cast(sum(turns) as bigint) as turns,
        cast(sum(customer_turns) as bigint) as customer_turns,
        cast(sum(bot_turns) as bigint) as bot_turns,
        cast(sum(agent_turns) as bigint) as agent_turns,
        count(*) as contacts,
        max(ended_at) as last_turn_at
    from {{ ref('int_contacts_aggregated') }}
    where {{ only_affected_interactions('interaction_id') }}
    group by interaction_id
),

segment_totals as (
    select
        interaction_id,
        count(answered_at) as answered_segments,
        sum(coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(wrap_seconds, 0))
            as agent_seconds
    from {{ ref('int_agent_segments_accepted') }}
    where {{ only_affected_interactions('interaction_id') }}
    group by interaction_id
),

handoff_totals as (
    select
        interaction_id,
        count(*) as handoffs,
        count_if(status = 'connected' and to_type in ('agent', 'specialist'))
            as connected_human_handoffs
    from {{ ref('int_handoffs_accepted') }}
    where {{ only_affected_interactions('interaction_id') }}
    group by interaction_id
)

select
    interactions.interaction_id,
    interactions.source_system,
    customers.customer_id,
    customers.is_linked,
    interactions.channel,
    interactions.direction,
    coalesce(
        interactions.trigger,
        case when interactions.direction = 'outbound' then 'proactive' else 'customer' end
    ) as triggered_by,
    interactions.parent_interaction_id,
    interactions.locale,
    interactions.queue_id,
    interactions.started_at,
    interactions.ended_at,
    coalesce(interactions.ended_at, turn_totals.last_turn_at, interactions.started_at)
        as last_seen_at,
    interactions.ingested_at,
    interactions.end_reason,
    interactions.declared_outcome,
    interactions.declared_at,
    coalesce(interactions.is_test, false) as is_test,
    coalesce(turn_totals.customer_turns, 0) > 0 as is_engaged,
    coalesce(turn_totals.turns, 0) as turns,
    coalesce(turn_totals.customer_turns, 0) as customer_turns,
    coalesce(turn_totals.bot_turns, 0) as bot_turns,
    coalesce(turn_totals.agent_turns, 0) as agent_turns,
    coalesce(turn_totals.contacts, 0) as contacts,
    coalesce(handoff_totals.handoffs, 0) as handoffs,
    coalesce(segment_totals.agent_seconds, 0) as agent_seconds,
    coalesce(turn_totals.bot_turns, 0) > 0 as is_bot_involved,
    coalesce(turn_totals.agent_turns, 0) > 0
    or coalesce(segment_totals.answered_segments, 0) > 0
    or coalesce(handoff_totals.connected_human_handoffs, 0) > 0 as is_human_involved
from interactions
inner join customers on interactions.interaction_id = customers.interaction_id
left join turn_totals on interactions.interaction_id = turn_totals.interaction_id
left join segment_totals on interactions.interaction_id = segment_totals.interaction_id
left join handoff_totals on interactions.interaction_id = handoff_totals.interaction_id
