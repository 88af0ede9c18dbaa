{% set keys = ['monitor', 'slice_dimension', 'slice_value', 'week_starts_on'] -%}
{% set columns = keys + [
    'monitor_type', 'unit', 'baseline_starts_on', 'n', 'baseline_n', 'value', 'baseline_value',
    'moved_category', 'cells', 'psi', 'js_distance', 'ks_statistic', 'wasserstein', 'chi_square',
    'l_infinity', 'hellinger', 'df', 'dispersion', 'p_value', 'risk_weight', 'status_reason',
] -%}
with comparisons as (
    select
        compared.*,
        case
            when weeks = 0 then 'no ' || input_name
            when weeks < {{ var('cx_drift_baseline_weeks') }}
                then 'baseline of ' || cast(weeks as string)
                || ' weeks, {{ var("cx_drift_baseline_weeks") }} needed'
            when n = 0 then 'no unit in this week'
            when baseline_n = 0 then 'not in the baseline'
            when baseline_n < {{ var('cx_drift_min_n') }}
                then 'fewer than {{ var("cx_drift_min_n") }} units in the baseline'
            when n < {{ var('cx_drift_min_n') }}
                then 'fewer than {{ var("cx_drift_min_n") }} units in the window'
            when df < 1 then 'all units are alike'
        end as status_reason
    from {{ ref('int_input_comparisons') }} as compared
),

tails as (
    {{ chi_square_tails('comparisons', keys, 'statistic', 'df', 'tail') | indent(4) }}
),

tested as (
    select
        comparisons.*,
        case when comparisons.status_reason is null then tails.tail end as p_value
    from comparisons
    inner join tails
        on
            {%- for key in keys %}
            {{ "and " if not loop.first }}comparisons.{{ key }} = tails.{{ key }}
            {%- endfor %}
),

controlled as (
    {{ benjamini_hochberg('tested', columns, partition_columns=['week_starts_on']) | indent(4) }}
),

decided as (
    select
        controlled.*,
        coalesce(
            q_value <= {{ var('cx_drift_max_fdr') }} and psi >= {{ var('cx_drift_min_psi') }},
            false
        ) as is_signal
    from controlled
),

signalled as (
    {{ with_signal_since('decided', columns + ['q_value'], keys[:3]) | indent(4) }}
)

select
    monitor,
    monitor_type,
    unit,
    slice_dimension,
    slice_value,
    week_starts_on,
    {%- set is_computed = 'status_reason is null' %}
    baseline_starts_on,
    cast(baseline_starts_on + {{ 7 * var('cx_drift_baseline_weeks') - 1 }} as date)
        as baseline_ends_on,
    n,
    baseline_n,
    case when {{ is_computed }} then value end as value,
    case when {{ is_computed }} then baseline_value end as baseline_value,
    case when {{ is_computed }} then moved_category end as moved_category,
    case when {{ is_computed }} then psi end as effect,
    cells,
    {%- for name in [
        'psi', 'js_distance', 'ks_statistic', 'wasserstein', 'chi_square', 'l_infinity', 'hellinger'
    ] %}
    case when {{ is_computed }} then {{ name }} end as {{ name }},
    {%- endfor %}
    dispersion,
    p_value,
    q_value,
    case
        when {{ is_computed }}
            then {{ ks_p_value(
                'ks_statistic',
                '(n * cast(baseline_n as double) / nullif((n + baseline_n) * dispersion, 0))'
            ) | indent(12) }}
    end as ks_p_value,
    is_signal,
    signal_since,
    risk_weight,
    case when {{ is_computed }} then 'ok' else 'not_computable' end as status,
    status_reason
from signalled
