with handled as (
    select
        cast(date_trunc('month', metric_date) as date) as month_starts_on,
        complexity,
        numerator
    from {{ ref('metric_average_handle_time') }}
    where weight > 0
),

journeys as (
    select
        cast(date_trunc('month', journey_started_on) as date) as month_starts_on,
        complexity,
        avg(case when handling_path = 'automation' then 1e0 else 0e0 end) as automated_share
    from {{ ref('fct_journeys') }}
    where is_mature
    group by cast(date_trunc('month', journey_started_on) as date), complexity
),

summed as (
    select
        month_starts_on,
        complexity,
        count(*) as n,
        cast(count(*) as double) as w,
        cast(count(*) as double) as w2,
        cast(sum(numerator) as double) as num,
        cast(count(*) as double) as den,
        cast(sum(numerator * numerator) as double) as num2,
        cast(count(*) as double) as den2,
        cast(sum(numerator) as double) as numden
    from handled
    group by month_starts_on, complexity
)

select
    summed.month_starts_on,
    summed.complexity,
    cast(summed.n as bigint) as handled_contacts,
    summed.den / sum(summed.den) over (partition by summed.month_starts_on) as share_of_handled,
    journeys.automated_share,
    summed.num as handle_seconds,
    {{ metric_value('summed') }} as average_handle_seconds,
    {{ interval_lower("'mean'", 'summed') }} as lower_95,
    {{ interval_upper("'mean'", 'summed') }} as upper_95,
    sum(summed.num) over (partition by summed.month_starts_on)
    / nullif(sum(summed.den) over (partition by summed.month_starts_on), 0)
        as overall_handle_seconds
from summed
left join journeys
    on
        summed.month_starts_on = journeys.month_starts_on
        and summed.complexity = journeys.complexity
