-- A metric's baseline is the first weeks from the start of its data, from the day that var
-- cx_drift_baseline_starts_on names, and again from each rebase of its charts.
{% set family = ['family', 'slice_dimension'] -%}
{% set keys = family + ['metric_id', 'baseline_starts_on', 'slice_value'] -%}
{% set days = 7 * var('cx_drift_baseline_weeks') -%}
with slices as (
    select *
    from {{ ref('int_drift_slices_weekly') }}
),

first_weeks as (
    select
        metric_id,
        greatest(min(week_starts_on), {{ drift_baseline_week() }}) as baseline_starts_on
    from slices
    where slice_dimension = 'overall'
    group by metric_id
),

baselines as (
    select
        metric_id,
        baseline_starts_on,
        lead(baseline_starts_on) over (partition by metric_id order by baseline_starts_on)
            as next_baseline_starts_on
    from (
        select *
        from first_weeks
        union
        select
            first_weeks.metric_id,
            {{ week_on_or_after('rebases.rebased_on') }} as baseline_starts_on
        from first_weeks
        inner join {{ ref('chart_rebases') }} as rebases
            on first_weeks.metric_id = rebases.metric_id
        where {{ week_on_or_after('rebases.rebased_on') }} > first_weeks.baseline_starts_on
    ) as starts
),

-- How much weeks differ is learnt from like slices: of the metric where it has many, else of all
-- metrics.
baseline_weeks as (
    select
        slices.*,
        case
            when slices.slice_dimension like '%intent_id%' then slices.metric_id
            else 'all metrics'
        end as family,
        baselines.baseline_starts_on,
        baselines.next_baseline_starts_on
    from slices
    inner join baselines
        on
            slices.metric_id = baselines.metric_id
            and slices.week_starts_on >= baselines.baseline_starts_on
            and slices.week_starts_on < baselines.baseline_starts_on + {{ days }}
    where slices.release_id in ('all', '*')
),

dispersions as (
    {{ ratio_dispersion(
        'baseline_weeks', keys, family, var('cx_drift_baseline_weeks')
    ) | indent(4) }}
)

select
    dispersions.*,
    cast(dispersions.baseline_starts_on + {{ days - 1 }} as date) as baseline_ends_on,
    coalesce(baselines.next_baseline_starts_on, cast('9999-12-31' as date))
        as next_baseline_starts_on
from dispersions
inner join baselines
    on
        dispersions.metric_id = baselines.metric_id
        and dispersions.baseline_starts_on = baselines.baseline_starts_on
