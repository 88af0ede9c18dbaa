{% set is_smooth = has_smooth_baseline() -%}
{% set sums = [
    'w', 'w2', 'num', 'den', 'num2', 'den2', 'numden', 'num_down', 'num_up'
] -%}
{% set scaled = {
    'num': ' / glossary.scale',
    'num2': ' / (glossary.scale * glossary.scale)',
    'numden': ' / glossary.scale',
} -%}
with slices as (
    select *
    from {{ ref('metric_slices') }}
),

-- A rate per 1,000 is a proportion in other units: its interval stays above zero.
glossary as (
    select
        glossary.*,
        case when unit = 'per_1000' then 1000e0 else 1e0 end as scale,
        case when unit = 'per_1000' then 'proportion' else kind end as interval_kind
    from {{ ref('metric_glossary') }} as glossary
),

availability as (
    select *
    from {{ ref('metric_availability') }}
),

design_effects as (
    select *
    from {{ ref('metric_design_effects') }}
),

quantiles as (
    select *
    from {{ ref('metric_quantiles') }}
),

dated as (
    {{- slices_by_period('slices') }}
),

summed as (
    select
        metric_id,
        period,
        period_starts_on,
        slice_dimension,
        slice_value,
        sum(case when is_mature then eligible_n else 0 end)
        / nullif(cast(sum(eligible_n) as double), 0) as maturity,
        cast(sum(case when is_mature then eligible_n else 0 end) as bigint) as eligible_n,
        cast(sum(case when is_mature then evidenced_n else 0 end) as bigint) as evidenced_n,
        cast(sum(case when is_mature then n else 0 end) as bigint) as n,
        {%- for column in sums %}
        sum(case when is_mature then {{ column }} else 0 end)
            as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from dated
    group by metric_id, period, period_starts_on, slice_dimension, slice_value
),

-- A metric without a single unit still has its row: silence about it would read as health.
spined as (
    select
        glossary.metric_id,
        'all' as period,
        cast('1900-01-01' as date) as period_starts_on,
        'overall' as slice_dimension,
        'all' as slice_value
    from glossary
    union
    select
        metric_id,
        period,
        period_starts_on,
        slice_dimension,
        slice_value
    from summed
),

described as (
    select
        spined.*,
        glossary.kind,
        glossary.unit,
        glossary.min_n,
        glossary.min_coverage,
        glossary.value_min,
        glossary.value_max,
        glossary.definition_version,
        glossary.scale,
        glossary.interval_kind,
        design_effects.design_effect,
        summed.maturity,
        coalesce(summed.eligible_n, 0) as eligible_n,
        coalesce(summed.evidenced_n, 0) as evidenced_n,
        coalesce(summed.n, 0) as n,
        {%- for column in sums %}
        summed.{{ column }}{{ scaled[column] ~ ' as ' ~ column if column in scaled }},
        {%- endfor %}
        quantiles.value as quantile_value,
        quantiles.lower_95 as quantile_lower,
        quantiles.upper_95 as quantile_upper,
        availability.missing_required_input,
        availability.missing_helpful_input
    from spined
    inner join glossary on spined.metric_id = glossary.metric_id
    inner join availability on spined.metric_id = availability.metric_id
    inner join design_effects on spined.metric_id = design_effects.metric_id
    left join summed
        on
            spined.metric_id = summed.metric_id
            and spined.period = summed.period
            and spined.period_starts_on = summed.period_starts_on
            and spined.slice_dimension = summed.slice_dimension
            and spined.slice_value = summed.slice_value
    left join quantiles
        on
            spined.metric_id = quantiles.metric_id
            and spined.period = quantiles.period
            and spined.period_starts_on = quantiles.period_starts_on
            and spined.slice_dimension = quantiles.slice_dimension
            and spined.slice_value = quantiles.slice_value
),

withheld as (
    select
        segments.*,
        'customer_segment' as slice_dimension
    from {{ ref('metric_segments_withheld') }} as segments
),

crowded as (
    select
        described.*,
        withheld.withheld_as
    from described
    left join withheld
        on
            described.metric_id = withheld.metric_id
            and described.period = withheld.period
            and described.period_starts_on = withheld.period_starts_on
            and described.slice_dimension = withheld.slice_dimension
            and described.slice_value = withheld.slice_value
),

estimated as (
    select
        crowded.*,
        {{ estimate_with_limits('value', 'units_lower', 'units_upper') | indent(4) }},
        {{ not_computable_reason() | indent(4) }} as not_computable_reason,
        case withheld_as
            when 'small'
                then 'segment of fewer than {{ var("cx_min_n") }} units is suppressed'
            when 'complementary'
                then 'suppressed lest a smaller segment follow from the total'
        end as suppression_reason,
        {{ degraded_reason() | indent(4) }} as degraded_reason
    from crowded
)

select
    metric_id,
    period,
    period_starts_on,
    slice_dimension,
    slice_value,
    unit,
    definition_version,
    case when no_value_reason is null then value end as value,
    case when no_value_reason is null then {{ within_scale('lower_95') | indent(4) }} end
        as lower_95,
    case when no_value_reason is null then {{ within_scale('upper_95') | indent(4) }} end
        as upper_95,
    case when suppression_reason is null then n end as n,
    case when suppression_reason is null then eligible_n end as eligible_n,
    case when suppression_reason is null then coverage end as coverage,
    case when suppression_reason is null then maturity end as maturity,
    case
        when no_value_reason is not null then 'not_computable'
        when degraded_reason is not null then 'degraded'
        else 'ok'
    end as status,
    coalesce(no_value_reason, degraded_reason) as status_reason
from (
    select
        estimated.*,
        {%- for side in ['lower', 'upper'] %}
        {{ with_baseline_error(
            side, 'value', 'units_' ~ side, is_smooth=is_smooth
        ) | indent(8) }} as {{ side }}_95,
        {%- endfor %}
        evidenced_n / nullif(cast(eligible_n as double), 0) as coverage,
        coalesce(
            not_computable_reason, suppression_reason, {{ off_scale_reason('value') | indent(12) }}
        ) as no_value_reason
    from estimated
) as covered
-- A day of a slice mostly holds a handful of units: such rows would be most of the table.
where period <> 'day' or slice_dimension = 'overall' or eligible_n >= {{ var('cx_min_n') }}
