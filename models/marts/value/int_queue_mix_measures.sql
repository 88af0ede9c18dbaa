with measured as (
    select
        'average_handle_time' as measure,
        metric_date,
        handling_path,
        complexity,
        weight * numerator as num,
        weight * denominator as den
    from {{ ref('metric_average_handle_time') }}
    where is_mature and weight > 0
    union all
    select
        'survey_csat' as measure,
        metric_date,
        handling_path,
        complexity,
        weight * numerator as num,
        weight * denominator as den
    from {{ ref('metric_survey_csat') }}
    where is_mature and weight > 0
    union all
    select
        'cost_per_journey' as measure,
        journey_started_on as metric_date,
        handling_path,
        complexity,
        total_cost_usd as num,
        1e0 as den
    from {{ ref('fct_journeys') }}
    where is_mature
),

bounds as (
    select
        min(metric_date) as first_date,
        max(metric_date) as last_date
    from measured
),

-- Calendar quarters at the ends of the data are seldom whole: its first and last 91 days are.
periods as (
    select
        'month_on_month' as comparison,
        cast(date_trunc('month', metric_date) as date) as period_starts_on,
        measured.*
    from measured
    union all
    select
        'first_to_last_quarter' as comparison,
        case
            when measured.metric_date < bounds.first_date + 91 then bounds.first_date
            else bounds.last_date - 90
        end as period_starts_on,
        measured.*
    from measured
    cross join bounds
    where
        bounds.first_date + 91 <= bounds.last_date - 90
        and (
            measured.metric_date < bounds.first_date + 91
            or measured.metric_date >= bounds.last_date - 90
        )
)

select
    comparison,
    measure,
    cast(period_starts_on as date) as period_starts_on,
    handling_path || ' / ' || complexity as category,
    cast(sum(num) as double) as num,
    cast(sum(den) as double) as den
from periods
group by comparison, measure, period_starts_on, handling_path || ' / ' || complexity
