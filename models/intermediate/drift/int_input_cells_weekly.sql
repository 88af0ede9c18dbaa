{% set keys = ['monitor', 'slice_dimension', 'baseline_value'] -%}
with histograms as (
    select *
    from {{ ref('int_input_histograms_weekly') }}
),

baselines as (
    select
        monitor,
        greatest(
            min(week_starts_on),
            {{ drift_baseline_week() }}
        ) as baseline_starts_on
    from histograms
    group by monitor
),

dated as (
    select
        histograms.*,
        baselines.baseline_starts_on,
        histograms.week_starts_on
        < baselines.baseline_starts_on + {{ 7 * var('cx_drift_baseline_weeks') }} as is_baseline
    from histograms
    inner join baselines on histograms.monitor = baselines.monitor
    where histograms.week_starts_on >= baselines.baseline_starts_on
),

-- A release is compared with all that any bot did in the baseline: it was not there itself.
sliced as (
    {%- for dimension, columns in {
        'overall': ["'all'", "'all'", 'true'],
        'channel': ['channel', 'channel', "monitor <> 'channel_mix'"],
        'release_id': [
            "case when is_baseline then '*' else release_id end", "'*'", "release_id <> 'none'"
        ],
    }.items() %}
    select
        dated.*,
        '{{ dimension }}' as slice_dimension,
        {{ columns[0] }} as slice_value,
        {{ columns[1] }} as baseline_value
    from dated
    {%- if columns[2] != 'true' %}
    where {{ columns[2] }}
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

summed as (
    select
        monitor,
        slice_dimension,
        slice_value,
        baseline_value,
        week_starts_on,
        baseline_starts_on,
        is_baseline,
        value,
        category,
        sum(n) as n,
        sum(risk_weight) as risk_weight
    from sliced
    group by
        monitor,
        slice_dimension,
        slice_value,
        baseline_value,
        week_starts_on,
        baseline_starts_on,
        is_baseline,
        value,
        category
),

reference_rows as (
    select *
    from summed
    where is_baseline and value is not null
),

binned as (
    {{ reference_bins('summed', 'reference_rows', keys) | indent(4) }}
)

select
    monitor,
    slice_dimension,
    slice_value,
    baseline_value,
    week_starts_on,
    baseline_starts_on,
    is_baseline,
    value,
    coalesce(category, 'bin ' || cast(bin + 1 as string)) as cell,
    cast(n as bigint) as n,
    cast(risk_weight as double) as risk_weight
from binned
