with clock as (
    select cast(date_trunc('week', data_clock_at) as date) as clock_week_starts_on
    from {{ ref('int_data_clock') }}
),

-- A violation signals for four weeks, as long as the scorecard is red for it.
violations as (
    select
        release_id,
        metric_date,
        cast(date_trunc('week', metric_date) as date) as week_starts_on
    from {{ ref('metric_violation_rate_severity_1') }}
    where numerator > 0
),

violation_weeks as (
    {%- for week in range(4) %}
    select
        release_id,
        metric_date,
        cast({{ dbt.dateadd('day', 7 * week, 'week_starts_on') }} as date) as week_starts_on
    from violations
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

violation_signals as (
    select
        'violation' as source,
        'severity_1_violation' as rule_id,
        'violation_rate_severity_1' as metric_id,
        'release_id' as slice_dimension,
        weeks.release_id as slice_value,
        {{ week_number('weeks.week_starts_on') }} as point_number,
        max(weeks.metric_date) as seen_on,
        max(case
            when weeks.week_starts_on < clock.clock_week_starts_on
                then cast({{ dbt.dateadd('day', 7, 'weeks.week_starts_on') }} as date)
        end) as next_point_on,
        cast(count(*) as double) as size,
        'violations in four weeks' as size_unit,
        'a violation of severity 1 reached a customer' as reason
    from violation_weeks as weeks
    cross join clock
    where weeks.week_starts_on <= clock.clock_week_starts_on
    group by weeks.release_id, weeks.week_starts_on
)

{{ alert_signals(['violation_signals']) }}
