select
    team,
    week_starts_on,
    is_assisted,
    bool_and(is_mature) as is_mature,
    cast(count(distinct agent_id) as bigint) as agents,
    sum(paid_hours) as paid_hours,
    cast(sum(confirmed_resolutions) as bigint) as confirmed_resolutions,
    sum(standardised_resolutions) as standardised_resolutions,
    sum(confirmed_resolutions) / nullif(sum(paid_hours), 0) as resolutions_per_paid_hour,
    sum(standardised_resolutions) / nullif(sum(paid_hours), 0)
        as standardised_resolutions_per_paid_hour
from {{ ref('int_agent_weeks_productive') }}
group by team, week_starts_on, is_assisted
