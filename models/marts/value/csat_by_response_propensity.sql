with offered as (
    select
        unit_id as interaction_id,
        handling_path,
        numerator as is_answered
    from {{ ref('metric_survey_response_rate') }}
    where is_mature
),

sentiments as (
    select
        interaction_id,
        avg(mean_customer_sentiment) as mean_sentiment
    from {{ ref('fct_contacts') }}
    group by interaction_id
),

answers as (
    select
        unit_id as interaction_id,
        numerator as satisfaction
    from {{ ref('metric_survey_csat') }}
    where weight > 0
),

strata as (
    select
        offered.handling_path,
        case
            when sentiments.mean_sentiment is null then 'unknown'
            when sentiments.mean_sentiment <= -0.25 then 'negative'
            when sentiments.mean_sentiment >= 0.25 then 'positive'
            else 'neutral'
        end as sentiment_band,
        count(*) as offered,
        sum(offered.is_answered) as answered,
        avg(answers.satisfaction) filter (where offered.is_answered = 1) as mean_csat
    from offered
    left join sentiments on offered.interaction_id = sentiments.interaction_id
    left join answers on offered.interaction_id = answers.interaction_id
    group by
        offered.handling_path,
        case
            when sentiments.mean_sentiment is null then 'unknown'
            when sentiments.mean_sentiment <= -0.25 then 'negative'
            when sentiments.mean_sentiment >= 0.25 then 'positive'
            else 'neutral'
        end
)

-- Strata in which nobody answered have no mean: the post-stratified mean is that of the others.
select
    handling_path,
    sentiment_band,
    cast(row_number() over (
        order by answered / offered asc, handling_path asc, sentiment_band asc
    ) as bigint) as propensity_rank,
    cast(offered as bigint) as surveys_offered,
    cast(answered as bigint) as surveys_answered,
    answered / offered as response_rate,
    {{ wilson_lower('answered', 'offered') }} as response_rate_lower_95,
    {{ wilson_upper('answered', 'offered') }} as response_rate_upper_95,
    offered / sum(1e0 * offered) over () as share_of_offered,
    answered / nullif(sum(answered) over (), 0) as share_of_answered,
    mean_csat,
    sum(mean_csat * answered) over () / nullif(sum(answered) over (), 0) as survey_mean_csat,
    sum(mean_csat * offered) over ()
    / nullif(sum(case when mean_csat is not null then 1e0 * offered end) over (), 0)
        as post_stratified_mean_csat
from strata
