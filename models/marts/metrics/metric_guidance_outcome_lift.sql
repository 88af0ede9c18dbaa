with units as (
    select
        *,
        case when is_resolved then 1e0 else 0e0 end as y
    from {{ ref('int_guidance_outcomes') }}
),

sides as (
    select
        cast(count(*) as double) as n,
        cast(count_if(is_shown) as double) as shown_n,
        cast(count_if(not is_shown) as double) as held_n,
        avg(case when is_shown then y end) as shown_rate,
        avg(case when not is_shown then y end) as held_rate
    from units
    where is_mature
),

compared as (
    select
        units.*,
        sides.shown_rate - sides.held_rate as lift,
        case
            when units.is_shown
                then sides.n / nullif(sides.shown_n, 0) * (units.y - sides.shown_rate)
            else -sides.n / nullif(sides.held_n, 0) * (units.y - sides.held_rate)
        end as deviation
    from units
    cross join sides
)

-- Every unit carries the difference of the two rates and its own pull on it, so that the mean over
-- all units is the difference, and their spread gives its standard error.
select
    'guidance_outcome_lift' as metric_id,
    {{ contact_dimensions('unit_id', is_mature='is_mature') }},
    lift is not null as has_evidence,
    coalesce(lift + deviation, 0e0) as numerator,
    1e0 as denominator,
    case when lift is null then 0e0 else 1e0 end as weight
from compared
