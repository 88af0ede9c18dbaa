with estimates as (
    select *
    from {{ ref('metric_estimates') }}
    where period = 'all' and slice_dimension = 'overall'
),

glossary as (
    select *
    from {{ ref('metric_glossary') }}
),

targets as (
    select
        metric_id,
        max_by(target, valid_from) as target
    from {{ ref('metric_targets') }}
    where risk_tier is null and channel is null
    group by metric_id
)

select
    glossary.category,
    glossary.metric_id,
    glossary.metric_name,
    glossary.tier,
    glossary.owner,
    glossary.unit,
    glossary.direction_of_good,
    estimates.value,
    estimates.lower_95,
    estimates.upper_95,
    estimates.n,
    estimates.coverage,
    estimates.maturity,
    estimates.status,
    estimates.status_reason,
    cast(targets.target as double) as target,
    case
        when estimates.value is null or targets.target is null then null
        when glossary.direction_of_good = 'up' then estimates.value >= targets.target
        when glossary.direction_of_good = 'down' then estimates.value <= targets.target
    end as is_target_met,
    glossary.guardrail_metric_id,
    glossary.definition,
    glossary.definition_version
from glossary
inner join estimates on glossary.metric_id = estimates.metric_id
left join targets on glossary.metric_id = targets.metric_id
