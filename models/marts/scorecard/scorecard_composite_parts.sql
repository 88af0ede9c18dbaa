with headlines as (
    select *
    from {{ ref('scorecard') }}
    where
        tier = 'headline'
        and category not in ('legacy', 'value')
        and scorecard_weight > 0
        and channel = 'all'
        and customer_segment = 'all'
),

intents as (
    select
        intent_id,
        max_by(value_usd, valid_from) as value_usd
    from {{ ref('dim_intents') }}
    group by intent_id
),

mean_intent as (
    select avg(value_usd) as value_usd
    from intents
),

attained as (
    select
        headlines.*,
        coalesce(intents.value_usd, mean_intent.value_usd, 1) as intent_value_usd,
        case headlines.risk_tier
            {%- for risk_tier, weight in var('cx_risk_weights').items() %}
            when '{{ risk_tier }}' then {{ weight }}
            {%- endfor %}
            else 1
        end as risk_weight,
        case
            when headlines.value is null or headlines.target is null then null
            when headlines.is_target_met then 100e0
            when headlines.direction_of_good = 'up' and headlines.target > 0
                then 100 * greatest(0e0, headlines.value / headlines.target)
            when headlines.direction_of_good = 'down' and headlines.value > 0
                then 100 * greatest(0e0, headlines.target / headlines.value)
            when headlines.direction_of_good in ('up', 'down') then 0e0
        end as attainment
    from headlines
    cross join mean_intent
    left join intents on headlines.intent_id = intents.intent_id
),

-- A metric without values by intent, such as an index, counts as a whole.
weighted as (
    select
        attained.*,
        max(case when intent_id <> 'all' and attainment is not null then 1 else 0 end)
            over (partition by metric_id, period) as has_intents,
        case when attainment is not null then n * intent_value_usd * risk_weight end as raw_weight
    from attained
),

chosen as (
    select
        weighted.*,
        case
            when intent_id = 'all' and attainment is not null then 1e0
            when intent_id <> 'all'
                then raw_weight
                / nullif(sum(case when intent_id <> 'all' then raw_weight end) over (
                    partition by metric_id, period
                ), 0)
        end as intent_weight
    from weighted
    where (has_intents = 1 and intent_id <> 'all') or (has_intents = 0 and intent_id = 'all')
),

composed as (
    select
        'overall' as composite_type,
        'overall' as composite,
        chosen.*
    from chosen
    union all
    select
        'category' as composite_type,
        chosen.category as composite,
        chosen.*
    from chosen
    union all
    select
        'leading_lagging' as composite_type,
        chosen.leading_lagging as composite,
        chosen.*
    from chosen
),

shared as (
    select
        composed.*,
        scorecard_weight / nullif(sum(scorecard_weight * intent_weight) over (
            partition by composite_type, composite, period
        ), 0) as metric_weight
    from composed
)

select
    composite_type,
    composite,
    period,
    metric_id,
    metric_name,
    intent_id,
    n,
    intent_value_usd,
    cast(risk_weight as double) as risk_weight,
    intent_weight,
    case when intent_weight is not null then metric_weight end as metric_weight,
    value,
    target,
    attainment,
    metric_weight * intent_weight * attainment as contribution
from shared
