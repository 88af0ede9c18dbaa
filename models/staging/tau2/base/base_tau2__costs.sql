with messages as (
    select
        simulation_key,
        sum({{ try_cast('cost', 'double') }}) as message_cost_usd,
        count(*) as bot_turns
    from {{ ref('base_tau2__messages') }}
    where message_role = 'assistant'
    group by simulation_key
),

conversations as (
    select
        conversations.simulation_key,
        conversations.run_key,
        conversations.agent_cost_usd,
        coalesce(messages.message_cost_usd, 0) as message_cost_usd,
        messages.bot_turns
    from {{ ref('base_tau2__conversations') }} as conversations
    left join messages on conversations.simulation_key = messages.simulation_key
),

runs as (
    select
        run_key,
        sum(greatest(message_cost_usd, coalesce(agent_cost_usd, 0))) as run_cost_usd
    from conversations
    group by run_key
)

select
    conversations.simulation_key,
    runs.run_cost_usd > 0 as is_costed,
    conversations.message_cost_usd > 0 or coalesce(conversations.agent_cost_usd, 0) = 0
        as is_costed_by_message,
    conversations.agent_cost_usd / nullif(conversations.bot_turns, 0) as cost_per_bot_turn_usd
from conversations
inner join runs on conversations.run_key = runs.run_key
