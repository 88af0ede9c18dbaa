with agent_weeks as (
    select *
    from {{ ref('int_agent_weeks_productive') }}
),

sides as (
    select
        is_assisted,
        sum(standardised_resolutions) as work,
        sum(paid_hours) as hours
    from agent_weeks
    where is_mature
    group by is_assisted
),

-- What each agent contributes to the logarithm of the lift, as in productivity_lift: agents are
-- independent of each other, an agent's weeks before and after assistance are not.
week_influences as (
    select
        agent_weeks.agent_id,
        agent_weeks.is_assisted,
        agent_weeks.standardised_resolutions / nullif(sides.work, 0)
        - agent_weeks.paid_hours / nullif(sides.hours, 0) as influence
    from agent_weeks
    inner join sides on agent_weeks.is_assisted = sides.is_assisted
    where agent_weeks.is_mature
),

influences as (
    select
        agent_id,
        count_if(is_assisted) as assisted_weeks,
        sum(case when is_assisted then influence else 0e0 end) as assisted_influence,
        sum(case when is_assisted then influence else -influence end) as influence
    from week_influences
    group by agent_id
),

spreads as (
    select
        count(*) as agents,
        sum(assisted_weeks) as assisted_weeks,
        sum(influence * influence) * count(*) / nullif(count(*) - 1, 0) as lift_variance,
        sum(assisted_influence * assisted_influence) * count_if(assisted_weeks > 0)
        / nullif(count_if(assisted_weeks > 0) - 1, 0) as assisted_variance
    from influences
),

-- The spread of the assisted weeks is the units' own; the rest is the baseline's, the same for
-- every slice. A single agent tells neither.
baseline as (
    select
        case
            when spreads.agents > 1 then sides.work / nullif(sides.hours, 0)
        end as rate,
        sqrt(greatest(
            0e0,
            power({{ t_quantile_975('(spreads.agents - 1)') }}, 2) * spreads.lift_variance
            - power({{ t_quantile_975('(spreads.assisted_weeks - 1)') }}, 2)
            * spreads.assisted_variance
        )) as log_half_width
    from sides
    cross join spreads
    where not sides.is_assisted
),

expected as (
    select
        agent_weeks.*,
        baseline.log_half_width,
        baseline.rate * agent_weeks.paid_hours as expected_resolutions
    from agent_weeks
    left join baseline on agent_weeks.is_assisted
    where agent_weeks.is_assisted
)

-- Work done less work expected without assistance, over the latter: summed, the ratio minus 1.
select
    'agent_productivity_lift' as metric_id,
    agent_week_id as unit_id,
    agent_id as customer_id,
    week_starts_on as metric_date,
    is_mature,
    'none' as intent_id,
    'none' as channel,
    'unknown' as customer_segment,
    'assisted' as handling_path,
    'unknown' as risk_tier,
    'unknown' as complexity,
    'none' as release_id,
    coalesce(expected_resolutions > 0, false) as has_evidence,
    coalesce(standardised_resolutions - expected_resolutions, 0e0) as numerator,
    coalesce(expected_resolutions, 0e0) as denominator,
    case when expected_resolutions > 0 then 1e0 else 0e0 end as weight,
    coalesce(standardised_resolutions * (1e0 - exp(-log_half_width)), 0e0) as numerator_down,
    coalesce(standardised_resolutions * (exp(log_half_width) - 1e0), 0e0) as numerator_up
from expected
