{% set kinds = {
    'model_drift_index': '%',
    'model_drift_index_input': 'input',
    'model_drift_index_performance': 'performance',
} -%}
with monitors as (
    select
        'input' as drift_kind,
        week_starts_on,
        slice_dimension,
        slice_value,
        n,
        risk_weight,
        is_signal,
        false as is_worse,
        status
    from {{ ref('input_drift') }}
    union all
    select
        'performance' as drift_kind,
        week_starts_on,
        slice_dimension,
        slice_value,
        n,
        risk_weight,
        is_signal,
        signal_direction = 'worse' as is_worse,
        status
    from {{ ref('performance_drift') }}
),

sliced as (
    select
        monitors.*,
        'overall' as index_dimension,
        'all' as index_value
    from monitors
    union all
    select
        monitors.*,
        'release_id' as index_dimension,
        split_part(slice_value, ' / ', 1) as index_value
    from monitors
    where slice_dimension in ('release_id', 'release_id / intent_id')
),

indexed as (
    {%- for metric_id, drift_kind in kinds.items() %}
    select
        '{{ metric_id }}' as metric_id,
        week_starts_on,
        index_dimension as slice_dimension,
        index_value as slice_value,
        count_if(status <> 'not_computable') as monitors,
        count_if(is_signal) as signals,
        count_if(is_worse) as worse_signals,
        count_if(status = 'not_computable') as monitors_not_computable,
        sum(case when status <> 'not_computable' then risk_weight end) as weight,
        sum(case when is_signal then risk_weight end) as signal_weight,
        sum(case when is_worse then risk_weight end) as worse_weight,
        sum(case when status <> 'not_computable' then n end)
        / nullif(cast(sum(n) as double), 0) as coverage
    from sliced
    where drift_kind like '{{ drift_kind }}'
    group by week_starts_on, index_dimension, index_value
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    metric_id,
    week_starts_on,
    slice_dimension,
    slice_value,
    100 * coalesce(signal_weight, 0) / nullif(weight, 0) as value,
    100 * coalesce(worse_weight, 0) / nullif(weight, 0) as worse_value,
    cast(monitors as bigint) as monitors,
    cast(signals as bigint) as signals,
    cast(worse_signals as bigint) as worse_signals,
    cast(monitors_not_computable as bigint) as monitors_not_computable,
    coverage,
    case
        when monitors = 0 then 'not_computable'
        when coverage < {{ var('cx_min_coverage') }} then 'degraded'
        else 'ok'
    end as status,
    case
        when monitors = 0 then 'no monitor can be computed'
        when coverage < {{ var('cx_min_coverage') }}
            then 'monitors cover less than {{ (var("cx_min_coverage") * 100) | int }} % of units'
    end as status_reason
from indexed
