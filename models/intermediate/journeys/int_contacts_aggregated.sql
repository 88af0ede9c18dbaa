{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

with turns as (
    select *
    from {{ ref('int_turns_accepted') }}
    where {{ only_affected('interaction_id') }}
),

interactions as (
    select *
    from {{ ref('int_interaction_intents') }}
    where {{ only_affected('interaction_id') }}
),

several as (
    select *
    from {{ ref('int_turns_of_several_intents') }}
    where {{ only_affected('interaction_id') }}
),

-- As in int_turns_attributed, narrowed to what a run affects before anything is joined.
attributed as (
    select
        turns.*,
        coalesce(several.intent_id, interactions.intent_id) as contact_intent_id
    from turns
    inner join interactions on turns.interaction_id = interactions.interaction_id
    left join several
        on
            turns.interaction_id = several.interaction_id
            and turns.turn_number = several.turn_number
)

-- Counts are cast: DuckDB gives some of them 128 bits, which are slow to read.
select
    interaction_id,
    contact_intent_id as intent_id,
    min(turn_number) as first_turn_number,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    count(*) as turns,
    cast(count_if(actor_type = 'customer') as bigint) as customer_turns,
    cast(count_if(actor_type = 'bot') as bigint) as bot_turns,
    cast(count_if(actor_type = 'agent') as bigint) as agent_turns,
    cast(count_if(coalesce(is_clarification, false)) as bigint) as clarification_turns,
    cast(count_if(coalesce(is_no_match, false)) as bigint) as no_match_turns,
    cast(count_if(coalesce(is_repeat, false)) as bigint) as repeat_turns,
    cast(count_if(coalesce(is_reauthentication, false)) as bigint) as reauthentication_turns,
    min(occurred_at) filter (where actor_type = 'bot') as first_bot_turn_at,
    min_by(actor_type, turn_number)
        filter (where actor_type in ('bot', 'agent')) as first_handler_type,
    max_by(actor_type, turn_number)
        filter (where actor_type <> 'system') as last_actor_type,
    min_by(release_id, turn_number)
        filter (where release_id is not null) as release_id,
    avg(sentiment) filter (where actor_type = 'customer') as mean_customer_sentiment,
    max_by(sentiment, turn_number)
        filter (where actor_type = 'customer' and sentiment is not null)
        as last_customer_sentiment,
    coalesce(sum(cost_usd), 0) as metered_model_cost_usd,
    cast(coalesce(sum(input_tokens) filter (where cost_usd is null), 0) as bigint)
        as unmetered_input_tokens,
    cast(coalesce(sum(output_tokens) filter (where cost_usd is null), 0) as bigint)
        as unmetered_output_tokens,
    count(cost_usd) + count(input_tokens) as turns_with_model_usage
from attributed
group by interaction_id, contact_intent_id
