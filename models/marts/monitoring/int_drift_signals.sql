-- What has drifted for the worse, and inputs that have drifted.
with glossary as (
    select *
    from {{ ref('metric_glossary') }}
),

-- Signals are under false-discovery control already.
drift_weeks as (
    select
        drift.*,
        glossary.unit,
        glossary.tier = 'headline' and drift.slice_dimension = 'overall' as is_headline,
        max(drift.week_starts_on) over (partition by drift.metric_id) as latest_week_starts_on
    from {{ ref('performance_drift') }} as drift
    inner join glossary on drift.metric_id = glossary.metric_id
),

drift_signals as (
    select
        'performance_drift' as source,
        case when is_headline then 'drift_headline' else 'drift_detail' end as rule_id,
        metric_id,
        slice_dimension,
        slice_value,
        {{ week_number('week_starts_on') }} as point_number,
        week_starts_on as seen_on,
        case
            when week_starts_on < latest_week_starts_on
                then cast({{ dbt.dateadd('day', 7, 'week_starts_on') }} as date)
        end as next_point_on,
        effect as size,
        unit as size_unit,
        'worse than the baseline' as reason
    from drift_weeks
    where is_signal and signal_direction = 'worse'
),

input_drift_weeks as (
    select
        drift.*,
        max(drift.week_starts_on) over (partition by drift.monitor) as latest_week_starts_on
    from {{ ref('input_drift') }} as drift
),

input_drift_signals as (
    select
        'input_drift' as source,
        'input_drift' as rule_id,
        monitor as metric_id,
        slice_dimension,
        slice_value,
        {{ week_number('week_starts_on') }} as point_number,
        week_starts_on as seen_on,
        case
            when week_starts_on < latest_week_starts_on
                then cast({{ dbt.dateadd('day', 7, 'week_starts_on') }} as date)
        end as next_point_on,
        psi as size,
        'stability index' as size_unit,
        'the inputs are other than in the baseline' as reason
    from input_drift_weeks
    where is_signal
)

{{ alert_signals(['drift_signals', 'input_drift_signals']) }}
