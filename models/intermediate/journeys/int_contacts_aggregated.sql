{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

with turns as (
    select *
    from {{ ref('int_turns_accepted') }}
    where {{ only_affected('interaction_id') }}
),

attributed_intents as (
    select
        interaction_id,
        turn_number,
        intent_id
    from {{ ref('int_turns_attributed') }}
    where {{ only_affected('interaction_id') }}
)

-- Counts are cast: DuckDB gives some of them 128 bits, which are slow to read.
select
    turns.interaction_id,
    attributed_intents.intent_id,
    min(turns.turn_number) as first_turn_number,
    min(turns.occurred_at) as started_at,
    max(turns.occurred_at) as ended_at,
    count(*) as turns,
    cast(count_if(turns.actor_type = 'customer') as bigint) as customer_turns,
    cast(count_if(turns.actor_type = 'bot') as bigint) as bot_turns,
    cast(count_if(turns.actor_type = 'agent') as bigint) as agent_turns,
    cast(count_if(coalesce(turns.is_clarification, false)) as bigint) as clarification_turns,
    cast(count_if(coalesce(turns.is_no_match, false)) as bigint) as no_match_turns,
    cast(count_if(coalesce(turns.is_repeat, false)) as bigint) as repeat_turns,
    cast(count_if(coalesce(turns.is_reauthentication, false)) as bigint) as reauthentication_turns,
    min(turns.occurred_at) filter (where turns.actor_type = 'bot') as first_bot_turn_at,
    min_by(turns.actor_type, turns.turn_number)
        filter (where turns.actor_type in ('bot', 'agent')) as first_handler_type,
    max_by(turns.actor_type, turns.turn_number)
        filter (where turns.actor_type <> 'system') as last_actor_type,
    min_by(turns.release_id, turns.turn_number)
        filter (where turns.release_id is not null) as release_id,
    avg(turns.sentiment) filter (where turns.actor_type = 'customer') as mean_customer_sentiment,
    max_by(turns.sentiment, turns.turn_number)
        filter (where turns.actor_type = 'customer' and turns.sentiment is not null)
        as last_customer_sentiment,
    coalesce(sum(turns.cost_usd), 0) as metered_model_cost_usd,
    cast(coalesce(sum(turns.input_tokens) filter (where turns.cost_usd is null), 0) as bigint)
        as unmetered_input_tokens,
    cast(coalesce(sum(turns.output_tokens) filter (where turns.cost_usd is null), 0) as bigint)
        as unmetered_output_tokens,
    count(turns.cost_usd) + count(turns.input_tokens) as turns_with_model_usage
from turns
inner join attributed_intents
    on
        turns.interaction_id = attributed_intents.interaction_id
        and turns.turn_number = attributed_intents.turn_number
group by turns.interaction_id, attributed_intents.intent_id
