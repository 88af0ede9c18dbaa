with conversations as (
    select
        simulation_key,
        interaction_id,
        intent_id,
        agent_model,
        started_at,
        ended_at,
        ingested_at
    from {{ ref('base_tau2__conversations') }}
),

messages as (
    select
        *,
        {{ read_timestamp('message_timestamp') }} as sent_at,
        message_role = 'assistant' as is_bot,
        turn_number = max(turn_number) over (partition by simulation_key) as is_last
    from {{ ref('base_tau2__messages') }}
),

replies as (
    select
        simulation_key,
        turn_number,
        latency_ms
    from {{ ref('base_tau2__replies') }}
),

costs as (
    select
        simulation_key,
        is_costed,
        is_costed_by_message,
        cost_per_bot_turn_usd
    from {{ ref('base_tau2__costs') }}
),

turns as (
    select
        messages.*,
        conversations.interaction_id,
        conversations.intent_id,
        conversations.agent_model,
        conversations.started_at,
        conversations.ended_at,
        conversations.ingested_at,
        replies.latency_ms,
        costs.is_costed,
        costs.is_costed_by_message,
        costs.cost_per_bot_turn_usd
    from messages
    inner join conversations on messages.simulation_key = conversations.simulation_key
    inner join costs on messages.simulation_key = costs.simulation_key
    left join replies
        on
            messages.simulation_key = replies.simulation_key
            and messages.turn_number = replies.turn_number
)

select
    'tau2' as source_system,
    interaction_id || '/' || cast(turn_number as string) as source_event_id,
    ingested_at,
    nullif(concat_ws(
        '; ',
        case
            when sent_at is null and nullif(trim(message_timestamp), '') is not null
                then 'timestamp=' || message_timestamp
        end,
        case
            when is_bot
                then {{ cast_errors({
                    'cost': 'double', 'input_tokens': 'bigint', 'output_tokens': 'bigint'
                }) | indent(20) }}
        end
    ), '') as cast_errors,
    interaction_id,
    turn_number,
    case message_role
        when 'assistant' then 'bot'
        when 'user' then 'customer'
        when 'tool' then 'system'
        else message_role
    end as actor_type,
    case when is_bot then agent_model end as actor_id,
    coalesce(
        sent_at,
        case when is_last then ended_at end,
        max(sent_at) over (
            partition by simulation_key
            order by turn_number
            rows between unbounded preceding and current row
        ),
        started_at
    ) as occurred_at,
    intent_id,
    latency_ms,
    cast(null as boolean) as is_clarification,
    cast(null as boolean) as is_no_match,
    cast(null as boolean) as is_repeat,
    cast(null as boolean) as is_reauthentication,
    cast(null as double) as sentiment,
    cast(null as boolean) as requires_empathy,
    cast(null as boolean) as empathy_met,
    cast(null as int) as required_facts,
    cast(null as int) as delivered_facts,
    case
        when message_role in ('assistant', 'user')
            then nullif(trim({{ replace_all('content', '#{3}[A-Z-]+#{3}', '') }}), '')
    end as text_redacted,
    case when is_bot then agent_model end as release_id,
    case
        when is_bot and is_costed and is_costed_by_message then {{ try_cast('cost', 'double') }}
        when is_bot and is_costed then cost_per_bot_turn_usd
    end as cost_usd,
    case when is_bot then {{ try_cast('input_tokens', 'bigint') }} end as input_tokens,
    case when is_bot then {{ try_cast('output_tokens', 'bigint') }} end as output_tokens
from turns
