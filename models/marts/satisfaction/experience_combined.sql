-- Delight alone can be bought with the customer's effort: both, and what both say together.
with csat as (
    select *
    from {{ ref('csat_estimates') }}
),

efforts as (
    select *
    from {{ ref('metric_estimates') }}
    where metric_id = 'effort_score' and period <> 'day'
),

totals as (
    select
        max(csat.value) as overall_csat,
        max(efforts.value) as overall_effort
    from csat
    inner join efforts
        on
            csat.period = efforts.period
            and csat.slice_dimension = efforts.slice_dimension
            and csat.slice_value = efforts.slice_value
    where csat.period = 'all' and csat.slice_dimension = 'overall'
)

select
    csat.period,
    csat.period_starts_on,
    csat.slice_dimension,
    csat.slice_value,
    csat.value as satisfaction,
    csat.lower_95 as satisfaction_lower_95,
    csat.upper_95 as satisfaction_upper_95,
    csat.status as satisfaction_status,
    efforts.value as effort_score,
    efforts.lower_95 as effort_lower_95,
    efforts.upper_95 as effort_upper_95,
    efforts.status as effort_status,
    cast((25 * (csat.value - 1) + 100 - efforts.value) / 2 as double) as experience_index,
    case
        when csat.value is null or efforts.value is null then null
        when csat.value >= totals.overall_csat and efforts.value <= totals.overall_effort
            then 'pleasant_and_easy'
        when csat.value >= totals.overall_csat then 'pleasant_but_laborious'
        when efforts.value <= totals.overall_effort then 'easy_but_unpleasant'
        else 'unpleasant_and_laborious'
    end as experience_type
from csat
inner join efforts
    on
        csat.period = efforts.period
        and csat.period_starts_on = efforts.period_starts_on
        and csat.slice_dimension = efforts.slice_dimension
        and csat.slice_value = efforts.slice_value
cross join totals
