{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

with segments as (
    select *
    from {{ ref('int_segments_versioned') }}
    where segment_type = '{{ var("cx_segment_type") }}'
)

select
    interactions.interaction_id,
    interactions.customer_id,
    interactions.source_system,
    interactions.channel,
    interactions.direction,
    interactions.triggered_by,
    interactions.queue_id,
    interactions.locale,
    coalesce(segments.segment, 'unknown') as customer_segment,
    cast(interactions.started_at as date) as interaction_started_on,
    interactions.started_at,
    interactions.ended_at,
    interactions.last_seen_at,
    interactions.end_reason,
    interactions.declared_outcome,
    interactions.declared_at,
    interactions.is_test,
    interactions.is_engaged,
    interactions.is_linked,
    interactions.is_bot_involved,
    interactions.is_human_involved,
    case
        when interactions.is_test then 'test'
        when not interactions.is_engaged then 'unengaged'
    end as exclusion_reason,
    cast(interactions.turns as bigint) as turns,
    cast(interactions.customer_turns as bigint) as customer_turns,
    cast(interactions.bot_turns as bigint) as bot_turns,
    cast(interactions.agent_turns as bigint) as agent_turns,
    cast(interactions.contacts as bigint) as contacts,
    cast(interactions.handoffs as bigint) as handoffs,
    cast(interactions.agent_seconds as double) as agent_seconds,
    costs.model_cost_usd,
    costs.licence_cost_usd,
    costs.agent_cost_usd,
    costs.qa_cost_usd,
    costs.total_cost_usd
from {{ ref('int_interactions_described') }} as interactions
inner join {{ ref('int_interaction_costs') }} as costs
    on interactions.interaction_id = costs.interaction_id
left join segments
    on
        interactions.customer_id = segments.customer_id
        and interactions.started_at >= segments.valid_from
        -- An OR here would make DuckDB compare every row with every other.
        and interactions.started_at < coalesce(segments.valid_to, cast('9999-12-31' as timestamp))
where
    {{ only_affected('interactions.customer_id') }}
    and {{ only_affected('costs.customer_id') }}
