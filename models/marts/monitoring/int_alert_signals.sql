{%- set columns = [
    'source', 'rule_id', 'metric_id', 'slice_dimension', 'slice_value', 'point_number', 'seen_on',
    'next_point_on', 'size', 'size_unit', 'reason'
] -%}
{%- set sources = [
    'chart_signals', 'target_signals', 'violation_signals', 'silent_failure_signals',
    'fairness_signals', 'pipeline_signals'
] -%}
-- What signals in which week. A source is one CTE with these columns: consecutive point_numbers are
-- one episode, and next_point_on is the next week that could have signalled, NULL for the latest.
with glossary as (
    select *
    from {{ ref('metric_glossary') }}
),

clock as (
    select
        cast(data_clock_at as date) as clock_on,
        cast(date_trunc('week', data_clock_at) as date) as clock_week_starts_on
    from {{ ref('int_data_clock') }}
),

-- Run rules advise, they do not alert. Trial limits say too little, and so do weeks of few units:
-- they neither start an episode nor end it, until four weeks have passed without a better one.
charts as (
    select
        charts.*,
        glossary.unit,
        glossary.tier = 'headline' and charts.slice_dimension = 'overall' as is_headline,
        case glossary.direction_of_good when 'up' then -1 when 'down' then 1 end as bad_side,
        row_number() over slice as eligible_number,
        coalesce(
            lead(charts.week_starts_on) over slice,
            case
                when
                    cast({{ dbt.dateadd('day', 28, 'charts.week_starts_on') }} as date)
                    <= latest.week_starts_on
                    then cast({{ dbt.dateadd('day', 28, 'charts.week_starts_on') }} as date)
            end
        ) as next_week_starts_on
    from {{ ref('metric_process_charts') }} as charts
    inner join glossary on charts.metric_id = glossary.metric_id
    inner join (
        select
            metric_id,
            max(week_starts_on) as week_starts_on
        from {{ ref('metric_process_charts') }}
        group by metric_id
    ) as latest on charts.metric_id = latest.metric_id
    where charts.n >= {{ var('cx_min_n') }} and not charts.is_trial
    window slice as (
        partition by charts.metric_id, charts.slice_dimension, charts.slice_value
        order by charts.week_starts_on asc
    )
),

judged_charts as (
    select
        charts.*,
        coalesce(is_outside and sign(value - centre) = bad_side, false) as is_bad_point,
        coalesce(ewma_signal = bad_side, false) as is_bad_shift,
        sum(case when assurance_signal = 'fail' then 1 else 0 end) over (
            partition by metric_id, slice_dimension, slice_value
            order by week_starts_on asc
            rows between 3 preceding and current row
        ) as failing_weeks
    from charts
),

chart_signals as (
    select
        'process_chart' as source,
        case when is_headline then 'chart_headline' else 'chart_detail' end as rule_id,
        metric_id,
        slice_dimension,
        slice_value,
        eligible_number as point_number,
        week_starts_on as seen_on,
        next_week_starts_on as next_point_on,
        value - centre as size,
        unit as size_unit,
        case
            when is_bad_point and is_bad_shift then 'beyond 3 sigma, and a sustained shift (EWMA)'
            when is_bad_point then 'beyond 3 sigma'
            else 'a sustained shift (EWMA)'
        end || coalesce('; release ' || release_ids || ' in that week', '') as reason
    from judged_charts
    where is_bad_point or is_bad_shift
),

-- Limits move with the size of a week: a target is missed for good after four weeks in a row.
target_signals as (
    select
        'target' as source,
        case when is_headline then 'target_headline' else 'target_detail' end as rule_id,
        metric_id,
        slice_dimension,
        slice_value,
        eligible_number as point_number,
        week_starts_on as seen_on,
        next_week_starts_on as next_point_on,
        centre - target as size,
        unit as size_unit,
        'for four weeks no value within the process limits has met the target' as reason
    from judged_charts
    where failing_weeks = 4
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
        cast(floor({{ seconds_between(
            "cast('1900-01-01' as timestamp)", 'cast(weeks.week_starts_on as timestamp)'
        ) }} / 604800) as bigint) as point_number,
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
),

silent_failure_signals as (
    select
        'silent_failure' as source,
        'silent_failure_flag' as rule_id,
        'silent_failure_rate' as metric_id,
        'intent_id' as slice_dimension,
        intent_id as slice_value,
        week_number as point_number,
        week_starts_on as seen_on,
        next_week_starts_on as next_point_on,
        recontact_rate - overall_recontact_rate as size,
        'share' as size_unit,
        'contained more often than others, and its customers come back more often' as reason
    from {{ ref('int_silent_failure_weeks') }}
    where signal = 'flag'
),

fairness_weeks as (
    select
        metric_id,
        segment_type,
        segment,
        as_of_week_starts_on,
        weeks_ago,
        min(breach_q_value) as breach_q_value,
        min(standardised_ratio) as ratio
    from {{ ref('int_fairness_compared') }}
    where verdict = 'breach'
    group by metric_id, segment_type, segment, as_of_week_starts_on, weeks_ago
),

fairness_signals as (
    select
        'fairness' as source,
        case
            when breach_q_value <= 0.05 then 'fairness_breach'
            else 'fairness_breach_uncontrolled'
        end as rule_id,
        metric_id,
        segment_type as slice_dimension,
        segment as slice_value,
        -weeks_ago as point_number,
        as_of_week_starts_on as seen_on,
        case
            when weeks_ago > 0
                then cast({{ dbt.dateadd('day', 7, 'as_of_week_starts_on') }} as date)
        end as next_point_on,
        1 - ratio as size,
        'shortfall (share)' as size_unit,
        'less than {{ var("cx_fairness_min_ratio") }} of what another segment gets, for the same'
        || ' intents' as reason
    from fairness_weeks
),

-- The indicators of the pipeline are of all data so far: they are dated by the data's own clock.
pipeline_signals as (
    select
        'pipeline' as source,
        'pipeline_breach' as rule_id,
        health.indicator as metric_id,
        'source_system' as slice_dimension,
        health.source_system || ': ' || health.detail as slice_value,
        1 as point_number,
        clock.clock_on as seen_on,
        cast(null as date) as next_point_on,
        health.value - health.threshold as size,
        'share' as size_unit,
        'beyond its limit of ' || cast(health.threshold as string) as reason
    from {{ ref('pipeline_health') }} as health
    cross join clock
    where health.is_breached
),

signals as (
    {%- for source in sources %}
    select
        {%- for column in columns %}
        {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    source,
    rule_id,
    metric_id,
    slice_dimension,
    slice_value,
    cast(point_number as bigint) as point_number,
    cast(seen_on as date) as seen_on,
    cast(next_point_on as date) as next_point_on,
    cast(size as double) as size,
    size_unit,
    reason
from signals
