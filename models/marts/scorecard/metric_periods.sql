-- The report ends with the latest week that is over and whose units are mature: each metric has its
-- own, so that fast ones are fresh and slow ones are not judged by the units that matured early.
with clock as (
    select cast(data_clock_at as date) as clock_on
    from {{ ref('int_data_clock') }}
),

daily as (
    select
        metric_id,
        metric_date,
        cast(date_trunc('week', metric_date) as date) as week_starts_on,
        is_mature,
        eligible_n
    from {{ ref('metric_slices') }}
    where slice_dimension = 'overall'
),

weeks as (
    select
        daily.metric_id,
        daily.week_starts_on
    from daily
    cross join clock
    group by daily.metric_id, daily.week_starts_on, clock.clock_on
    having
        cast({{ dbt.dateadd('day', 7, 'daily.week_starts_on') }} as date) <= clock.clock_on
        and sum(case when daily.is_mature then daily.eligible_n else 0 end)
        >= {{ var('cx_min_maturity') }} * sum(daily.eligible_n)
),

latest as (
    select
        metric_id,
        max(week_starts_on) as latest_week_starts_on
    from weeks
    group by metric_id
)

{%- for period, weeks_back in {'last_4_weeks': 0, 'previous_4_weeks': 4}.items() %}
select
    metric_id,
    '{{ period }}' as period,
    cast({{ dbt.dateadd('day', -21 - 7 * weeks_back, 'latest_week_starts_on') }} as date)
        as period_starts_on,
    cast({{ dbt.dateadd('day', 6 - 7 * weeks_back, 'latest_week_starts_on') }} as date)
        as period_ends_on,
    latest_week_starts_on
from latest
union all
{%- endfor %}
select
    daily.metric_id,
    'all' as period,
    min(daily.metric_date) as period_starts_on,
    max(daily.metric_date) as period_ends_on,
    max(latest.latest_week_starts_on) as latest_week_starts_on
from daily
left join latest on daily.metric_id = latest.metric_id
group by daily.metric_id
