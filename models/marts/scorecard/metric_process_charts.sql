with estimates as (
    select *
    from {{ ref('metric_estimates') }}
    where
        period = 'week'
        and slice_dimension in ('overall', 'intent_id', 'channel', 'customer_segment')
),

overall as (
    select
        metric_id,
        period_starts_on
    from estimates
    where slice_dimension = 'overall' and maturity >= {{ var('cx_min_maturity') }}
),

sizes as (
    select
        metric_id,
        slice_dimension,
        slice_value,
        cast(date_trunc('week', metric_date) as date) as period_starts_on,
        sum(den) as den,
        sum(den2) as den2
    from {{ ref('metric_slices') }}
    where is_mature
    group by
        metric_id,
        slice_dimension,
        slice_value,
        cast(date_trunc('week', metric_date) as date)
),

glossary as (
    select *
    from {{ ref('metric_glossary') }}
),

periods as (
    select *
    from {{ ref('metric_periods') }}
    where period = 'last_4_weeks'
),

intents as (
    select
        intent_id,
        max_by(risk_tier, valid_from) as risk_tier
    from {{ ref('dim_intents') }}
    group by intent_id
),

weeks as (
    select distinct period_starts_on as week_starts_on
    from estimates
),

rebases as (
    select
        glossary.metric_id,
        weeks.week_starts_on,
        count(rebases.rebased_on) as rebase_count,
        max(rebases.rebased_on) as rebased_on,
        max_by(rebases.reason, rebases.rebased_on) as rebase_reason
    from glossary
    cross join weeks
    left join {{ ref('chart_rebases') }} as rebases
        on
            glossary.metric_id = rebases.metric_id
            and weeks.week_starts_on >= rebases.rebased_on
    group by glossary.metric_id, weeks.week_starts_on
),

releases as (
    select
        cast(date_trunc('week', deployed_at) as date) as week_starts_on,
        {{ sorted_list('release_id', ', ') }} as release_ids
    from {{ ref('dim_releases') }}
    group by cast(date_trunc('week', deployed_at) as date)
),

points as (
    select
        estimates.metric_id,
        estimates.slice_dimension,
        estimates.slice_value,
        estimates.period_starts_on as week_starts_on,
        estimates.value as estimate,
        estimates.lower_95,
        estimates.upper_95,
        estimates.n,
        case
            when glossary.kind = 'proportion' then 'proportion'
            when glossary.unit = 'per_1000' then 'rate'
            else 'individual'
        end as chart_type,
        case
            when glossary.kind = 'proportion' then sizes.den * sizes.den / nullif(sizes.den2, 0)
            else sizes.den
        end as chart_size,
        glossary.direction_of_good,
        rebases.rebase_count,
        rebases.rebased_on,
        rebases.rebase_reason,
        targets.target,
        releases.release_ids
    from estimates
    inner join overall
        on
            estimates.metric_id = overall.metric_id
            and estimates.period_starts_on = overall.period_starts_on
    inner join glossary on estimates.metric_id = glossary.metric_id
    inner join periods
        on
            estimates.metric_id = periods.metric_id
            and estimates.period_starts_on <= periods.latest_week_starts_on
    inner join rebases
        on
            estimates.metric_id = rebases.metric_id
            and estimates.period_starts_on = rebases.week_starts_on
    left join sizes
        on
            estimates.metric_id = sizes.metric_id
            and estimates.slice_dimension = sizes.slice_dimension
            and estimates.slice_value = sizes.slice_value
            and estimates.period_starts_on = sizes.period_starts_on
    left join intents
        on estimates.slice_dimension = 'intent_id' and estimates.slice_value = intents.intent_id
    left join {{ ref('metric_targets_resolved') }} as targets
        on
            estimates.metric_id = targets.metric_id
            and targets.risk_tier = coalesce(intents.risk_tier, 'all')
            and targets.channel
            = case
                when estimates.slice_dimension = 'channel' then estimates.slice_value else 'all'
            end
            and estimates.period_starts_on >= targets.valid_from
            and estimates.period_starts_on < coalesce(targets.valid_to, cast('9999-12-31' as date))
    left join releases on estimates.period_starts_on = releases.week_starts_on
),

charted as (
    select *
    from (
        {{ process_chart(
            'points',
            ['metric_id', 'slice_dimension', 'slice_value'],
            'week_starts_on',
            value='estimate',
            size='chart_size',
            kind='chart_type',
            event_size="case when chart_type = 'rate' then 1000 else 1 end",
            baseline_id='rebase_count',
            keep=[
                'lower_95', 'upper_95', 'n', 'chart_type', 'direction_of_good', 'rebased_on',
                'rebase_reason', 'target', 'release_ids',
            ],
        ) | indent(8) }}
    ) as chart
)

select
    metric_id,
    slice_dimension,
    slice_value,
    week_starts_on,
    chart_type,
    point_number,
    value,
    lower_95,
    upper_95,
    n,
    centre,
    lower_limit,
    upper_limit,
    near_lower_limit,
    near_upper_limit,
    sigma_z,
    baseline_size,
    is_baseline,
    is_trial,
    rebased_on,
    rebase_reason,
    is_outside,
    is_shift,
    is_trend,
    is_two_of_three,
    special_cause,
    ewma,
    ewma_limit,
    ewma_signal,
    autocorrelation,
    is_autocorrelated,
    target,
    {{ variation_signal('direction_of_good') }} as variation_signal,
    {{ assurance_signal('direction_of_good') }} as assurance_signal,
    release_ids,
    is_latest
from charted
