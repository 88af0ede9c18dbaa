{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

with interactions as (
    select
        interaction_id,
        customer_id,
        source_system,
        started_at,
        agent_seconds,
        is_bot_involved
    from {{ ref('int_interactions_described') }}
    where {{ only_affected('customer_id') }}
),

model_usage as (
    select
        interaction_id,
        sum(metered_model_cost_usd) as metered_model_cost_usd,
        sum(unmetered_input_tokens) as unmetered_input_tokens,
        sum(unmetered_output_tokens) as unmetered_output_tokens,
        sum(turns_with_model_usage) as turns_with_model_usage
    from {{ ref('int_contacts_aggregated') }}
    where {{ only_affected_interactions('interaction_id') }}
    group by interaction_id
),

reviews as (
    select
        interaction_id,
        count_if(reviewer_type = 'human') as human_reviews,
        count_if(reviewer_type = 'auto') as auto_reviews
    from {{ ref('int_qa_reviews_accepted') }}
    group by interaction_id
),

untimed_segments as (
    select
        interaction_id,
        count(*) as untimed_segments
    from {{ ref('int_agent_segments_accepted') }}
    where
        answered_at is not null
        and talk_seconds is null
        and hold_seconds is null
        and wrap_seconds is null
    group by interaction_id
),

rates as (
    select *
    from {{ ref('int_rates_versioned') }}
),

priced as (
    select
        interactions.interaction_id,
        interactions.customer_id,
        coalesce(model_usage.metered_model_cost_usd, 0)
        + coalesce(model_usage.unmetered_input_tokens * rates.input_token_usd, 0)
        + coalesce(model_usage.unmetered_output_tokens * rates.output_token_usd, 0)
            as model_cost_usd,
        case
            when interactions.is_bot_involved
                then coalesce(rates.bot_licence_interaction_usd, 0)
            else 0
        end as licence_cost_usd,
        coalesce(
            interactions.agent_seconds / 60
            * rates.agent_minute_usd * (1 + coalesce(rates.overhead_share, 0)),
            0
        ) as agent_cost_usd,
        coalesce(reviews.human_reviews * rates.qa_review_human_usd, 0)
        + coalesce(reviews.auto_reviews * rates.qa_review_auto_usd, 0) as qa_cost_usd,
        (interactions.agent_seconds = 0 or rates.agent_minute_usd is not null)
        and untimed_segments.untimed_segments is null
        and (
            coalesce(model_usage.unmetered_input_tokens, 0) = 0
            or rates.input_token_usd is not null
        )
        and (
            coalesce(model_usage.unmetered_output_tokens, 0) = 0
            or rates.output_token_usd is not null
        )
        and (
            not interactions.is_bot_involved
            or model_usage.turns_with_model_usage > 0
            or rates.bot_licence_interaction_usd is not null
        ) as is_cost_complete
    from interactions
    left join model_usage on interactions.interaction_id = model_usage.interaction_id
    left join reviews on interactions.interaction_id = reviews.interaction_id
    left join untimed_segments
        on interactions.interaction_id = untimed_segments.interaction_id
    left join rates
        on
            interactions.source_system = rates.source_system
            and interactions.started_at >= rates.valid_from
            and interactions.started_at < coalesce(rates.valid_to, cast('9999-12-31' as timestamp))
)

select
    interaction_id,
    customer_id,
    cast(model_cost_usd as double) as model_cost_usd,
    cast(licence_cost_usd as double) as licence_cost_usd,
    cast(agent_cost_usd as double) as agent_cost_usd,
    cast(qa_cost_usd as double) as qa_cost_usd,
    cast(model_cost_usd + licence_cost_usd + agent_cost_usd + qa_cost_usd as double)
        as total_cost_usd,
    is_cost_complete
from priced
