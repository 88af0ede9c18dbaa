-- Against the baseline month, the first in whose first week there are data: what the shift of paths
-- saved at the old unit costs, and what the unit costs themselves did. A path that the baseline did
-- not have has no old cost: all is mix.
with months as (
    select
        cast(date_trunc('month', journey_started_on) as date) as month_starts_on,
        handling_path,
        cast(count(*) as double) as journeys,
        cast(sum(total_cost_usd) as double) as cost_usd
    from {{ ref('fct_journeys') }}
    where is_mature
    group by cast(date_trunc('month', journey_started_on) as date), handling_path
),

first_day as (
    select min(journey_started_on) as first_on
    from {{ ref('fct_journeys') }}
    where is_mature
),

baseline as (
    select
        months.month_starts_on,
        months.handling_path,
        months.journeys / sum(months.journeys) over () as share,
        months.cost_usd / nullif(months.journeys, 0) as unit_cost_usd
    from months
    cross join first_day
    where
        months.month_starts_on = cast(date_trunc(
            'month', first_day.first_on + interval '24' day
        ) as date)
),

baseline_month as (
    select max(month_starts_on) as baseline_month
    from baseline
),

periods as (
    select
        month_starts_on,
        sum(journeys) as month_journeys
    from months
    group by month_starts_on
),

paths as (
    select distinct handling_path
    from months
),

spined as (
    select
        periods.month_starts_on,
        periods.month_journeys,
        paths.handling_path
    from periods
    cross join paths
),

compared as (
    select
        spined.month_starts_on,
        baseline_month.baseline_month,
        spined.handling_path,
        spined.month_journeys,
        coalesce(months.journeys, 0e0) / spined.month_journeys as share,
        coalesce(baseline.share, 0e0) as baseline_share,
        months.cost_usd / nullif(months.journeys, 0) as unit_cost_usd,
        baseline.unit_cost_usd as baseline_unit_cost_usd
    from spined
    cross join baseline_month
    left join months
        on
            spined.month_starts_on = months.month_starts_on
            and spined.handling_path = months.handling_path
    left join baseline on spined.handling_path = baseline.handling_path
    where spined.month_starts_on >= baseline_month.baseline_month
)

select
    month_starts_on,
    baseline_month,
    handling_path,
    cast(month_journeys * share as bigint) as journeys,
    share,
    baseline_share,
    unit_cost_usd,
    baseline_unit_cost_usd,
    month_journeys * (baseline_share - share)
    * coalesce(baseline_unit_cost_usd, unit_cost_usd, 0e0) as mix_saving_usd,
    month_journeys * share
    * coalesce(baseline_unit_cost_usd - unit_cost_usd, 0e0) as within_saving_usd,
    month_journeys * (
        baseline_share * coalesce(baseline_unit_cost_usd, 0e0)
        - share * coalesce(unit_cost_usd, 0e0)
    ) as total_saving_usd
from compared
