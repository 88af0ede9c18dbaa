-- Process charts and the targets held against them.
with glossary as (
    select *
    from {{ ref('metric_glossary') }}
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
)

{{ alert_signals(['chart_signals', 'target_signals']) }}
