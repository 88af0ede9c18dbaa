-- A source is one CTE or model with the columns of alert_signal_columns().
with clock as (
    select cast(data_clock_at as date) as clock_on
    from {{ ref('int_data_clock') }}
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

glossary as (
    select
        metric_id,
        unit
    from {{ ref('metric_glossary') }}
),

-- A release that should go alerts until it has gone.
release_signals as (
    select
        'release' as source,
        case when verdicts.verdict = 'roll back' then 'release_roll_back' else 'release_harm' end
            as rule_id,
        verdicts.metric_id,
        'release_id' as slice_dimension,
        verdicts.release_id as slice_value,
        1 as point_number,
        verdicts.first_seen_on as seen_on,
        case
            when verdicts.rolled_back_at is not null
                then greatest(
                    cast(verdicts.rolled_back_at as date),
                    cast({{ dbt.dateadd('day', 1, 'verdicts.first_seen_on') }} as date)
                )
        end as next_point_on,
        verdicts.effect as size,
        glossary.unit as size_unit,
        verdicts.reason
    from {{ ref('release_verdicts') }} as verdicts
    inner join glossary on verdicts.metric_id = glossary.metric_id
    where verdicts.verdict = 'roll back' or (verdicts.verdict = 'watch' and verdicts.is_harm_shown)
)

{{ alert_signals([
    ref('int_chart_signals'), ref('int_violation_signals'), ref('int_drift_signals'),
    'silent_failure_signals', 'fairness_signals', 'pipeline_signals', 'release_signals',
]) }}
