{% set keys = ['metric_id', 'slice_dimension', 'slice_value', 'week_starts_on'] -%}
{% set columns = keys + [
    'baseline_starts_on', 'baseline_ends_on', 'window_starts_on', 'direction_of_good',
    'current_n', 'baseline_n', 'shift_dispersion', 'risk_weight', 'not_computable_reason',
    'degraded_reason',
] -%}
{% set estimates = [
    'value', 'baseline_value', 'effect', 'standard_error', 'lower_95', 'upper_95'
] -%}
with metrics as (
    select
        glossary.metric_id,
        glossary.kind,
        glossary.direction_of_good,
        greatest(glossary.min_n, {{ var('cx_min_n') }}) as min_n,
        availability.missing_required_input,
        availability.missing_helpful_input,
        design_effects.design_effect
    from {{ ref('metric_glossary') }} as glossary
    inner join {{ ref('metric_availability') }} as availability
        on glossary.metric_id = availability.metric_id
    inner join {{ ref('metric_design_effects') }} as design_effects
        on glossary.metric_id = design_effects.metric_id
),

judged as (
    select
        compared.*,
        metrics.direction_of_good,
        greatest(metrics.design_effect, coalesce(compared.dispersion, 1)) as shift_dispersion,
        case
            when metrics.missing_required_input is not null
                then 'no ' || metrics.missing_required_input
            when metrics.kind not in ('proportion', 'mean', 'ratio')
                then 'a metric of kind ' || metrics.kind || ' is not compared'
            when compared.baseline_ends_on is null and compared.slice_dimension = 'overall'
                then 'no unit can be measured'
            when compared.week_starts_on <= compared.baseline_ends_on
                then 'the baseline lasts until ' || cast(compared.baseline_ends_on as string)
            when compared.current_n is null then 'no unit in this week'
            when compared.baseline_n is null then 'not in the baseline'
            when
                compared.slice_dimension = 'customer_segment'
                and min(least(compared.current_n, compared.baseline_n)) over (
                    partition by
                        compared.metric_id, compared.week_starts_on, compared.slice_dimension
                ) < {{ var('cx_min_n') }}
                then 'a segment has fewer than {{ var("cx_min_n") }} units'
            when compared.baseline_n < metrics.min_n then 'too few units in the baseline'
            when compared.current_n < metrics.min_n then 'too few units in the window'
            when compared.dispersion_df < 3 then 'units in too few weeks of the baseline'
        end as not_computable_reason,
        case
            when metrics.missing_helpful_input is not null
                then 'no ' || metrics.missing_helpful_input
            when compared.baseline_weeks < {{ var('cx_drift_baseline_weeks') }}
                then 'units in ' || cast(compared.baseline_weeks as string)
                || ' of {{ var("cx_drift_baseline_weeks") }} weeks of the baseline'
        end as degraded_reason
    from {{ ref('int_performance_comparisons') }} as compared
    inner join metrics on compared.metric_id = metrics.metric_id
),

shifts as (
    {{ window_shift('judged', columns, dispersion='shift_dispersion') | indent(4) }}
),

-- Where no unit differs from any other in either window, nothing has changed.
tested as (
    select
        shifts.*,
        case
            when not_computable_reason is not null then null
            when effect = 0 then 1e0
            else p_value
        end as tested_p_value
    from shifts
),

controlled as (
    {{ benjamini_hochberg(
        'tested',
        columns + estimates + ['tested_p_value'],
        p_value='tested_p_value',
        partition_columns=['week_starts_on'],
    ) | indent(4) }}
),

decided as (
    select
        controlled.*,
        coalesce(q_value <= {{ var('cx_drift_max_fdr') }}, false) as is_signal
    from controlled
),

signalled as (
    {{ with_signal_since(
        'decided', columns + estimates + ['tested_p_value', 'q_value'], keys[:3]
    ) | indent(4) }}
)

{% set is_computed = 'not_computable_reason is null' -%}
{% set is_hidden = "slice_dimension = 'customer_segment' and not_computable_reason is not null" -%}
select
    metric_id,
    slice_dimension,
    slice_value,
    week_starts_on,
    window_starts_on,
    baseline_starts_on,
    baseline_ends_on,
    case when not ({{ is_hidden }}) then cast(current_n as bigint) end as n,
    case when not ({{ is_hidden }}) then cast(baseline_n as bigint) end as baseline_n,
    {%- for name in estimates %}
    case when {{ is_computed }} then {{ name }} end as {{ name }},
    {%- endfor %}
    shift_dispersion as dispersion,
    tested_p_value as p_value,
    q_value,
    is_signal,
    case
        when not is_signal then 'none'
        when direction_of_good = 'up' and effect > 0 then 'better'
        when direction_of_good = 'down' and effect < 0 then 'better'
        when direction_of_good in ('up', 'down') then 'worse'
        else 'changed'
    end as signal_direction,
    signal_since,
    risk_weight,
    case
        when not_computable_reason is not null then 'not_computable'
        when degraded_reason is not null then 'degraded'
        else 'ok'
    end as status,
    coalesce(not_computable_reason, degraded_reason) as status_reason
from signalled
