with agent_weeks as (
    select *
    from {{ ref('int_agent_weeks_productive') }}
),

baseline as (
    select sum(standardised_resolutions) / nullif(sum(paid_hours), 0) as rate
    from agent_weeks
    where is_mature and not is_assisted
),

expected as (
    select
        agent_weeks.*,
        baseline.rate * agent_weeks.paid_hours as expected_resolutions
    from agent_weeks
    cross join baseline
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
    case when expected_resolutions > 0 then 1e0 else 0e0 end as weight
from expected
