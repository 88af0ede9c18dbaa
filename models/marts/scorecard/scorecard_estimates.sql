{% set is_smooth = has_smooth_baseline() -%}
with glossary as (
    select
        metric_glossary.*,
        case when unit = 'per_1000' then 1000e0 else 1e0 end as scale,
        case when unit = 'per_1000' then 'proportion' else kind end as interval_kind
    from {{ ref('metric_glossary') }} as metric_glossary
),

-- A rate per 1,000 has the interval of the share it is, as in metric_estimates.
slices as (
    select
        {%- for column in scorecard_key() %}
        sliced.{{ column }},
        {%- endfor %}
        sliced.maturity,
        sliced.eligible_n,
        sliced.evidenced_n,
        sliced.n,
        sliced.w,
        sliced.w2,
        sliced.den,
        sliced.den2,
        sliced.num_down,
        sliced.num_up,
        sliced.num / glossary.scale as num,
        sliced.num2 / (glossary.scale * glossary.scale) as num2,
        sliced.numden / glossary.scale as numden
    from {{ ref('scorecard_slices') }} as sliced
    inner join glossary on sliced.metric_id = glossary.metric_id
),

withholding as (
    select *
    from {{ ref('scorecard_withholding') }}
),

-- What the rounds of withholding left open is closed by hiding all that combines with a segment.
open_periods as (
    {{ open_periods('withholding', var('cx_min_n')) }}
),

withheld as (
    select
        withholding.*,
        case
            when withholding.is_sensitive and withholding.n < {{ var('cx_min_n') }} then 'small'
            when withholding.is_withheld then 'complementary'
            when
                withholding.is_sensitive
                and (
                    open_periods.is_of_segments_alone
                    or (
                        open_periods.metric_id is not null
                        and (withholding.intent_id <> 'all' or withholding.channel <> 'all')
                    )
                )
                then 'complementary'
        end as withheld_as
    from withholding
    left join open_periods
        on
            withholding.metric_id = open_periods.metric_id
            and withholding.period = open_periods.period
),

described as (
    select
        slices.*,
        glossary.kind,
        glossary.min_n,
        glossary.min_coverage,
        glossary.value_min,
        glossary.value_max,
        glossary.scale,
        glossary.interval_kind,
        design_effects.design_effect,
        quantiles.value as quantile_value,
        quantiles.lower_95 as quantile_lower,
        quantiles.upper_95 as quantile_upper,
        withheld.withheld_as,
        availability.missing_required_input,
        availability.missing_helpful_input,
        slices.evidenced_n / nullif(cast(slices.eligible_n as double), 0) as coverage
    from slices
    inner join glossary on slices.metric_id = glossary.metric_id
    inner join {{ ref('metric_design_effects') }} as design_effects
        on slices.metric_id = design_effects.metric_id
    inner join {{ ref('metric_availability') }} as availability
        on slices.metric_id = availability.metric_id
    inner join withheld
        on {% for column in scorecard_key() %}slices.{{ column }} = withheld.{{ column }}
        {{ "and " if not loop.last }}{% endfor %}
    left join {{ ref('scorecard_quantiles') }} as quantiles
        on {% for column in scorecard_key() %}slices.{{ column }} = quantiles.{{ column }}
        {{ "and " if not loop.last }}{% endfor %}
),

estimated as (
    select
        described.*,
        {{ estimate_with_limits('estimate', 'units_lower', 'units_upper') | indent(4) }},
        {{ not_computable_reason() | indent(4) }} as not_computable_reason,
        case withheld_as
            when 'small' then 'segment of fewer than {{ var("cx_min_n") }} units is suppressed'
            when 'complementary'
                then 'suppressed lest a smaller segment follow from the total'
        end as suppression_reason,
        {{ degraded_reason() | indent(4) }} as degraded_reason
    from described
),

explained as (
    select
        estimated.*,
        {%- for side in ['lower', 'upper'] %}
        {{ with_baseline_error(
            side, 'estimate', 'units_' ~ side, is_smooth=is_smooth
        ) | indent(8) }}
            as estimate_{{ side }},
        {%- endfor %}
        coalesce(
            not_computable_reason,
            suppression_reason,
            {{ off_scale_reason('estimate') | indent(8) }}
        ) as no_value_reason
    from estimated
)

select
    {{ scorecard_key() | join(',\n    ') }},
    case when no_value_reason is null then estimate end as value,
    case when no_value_reason is null then {{ within_scale('estimate_lower') | indent(4) }} end
        as lower_95,
    case when no_value_reason is null then {{ within_scale('estimate_upper') | indent(4) }} end
        as upper_95,
    case when withheld_as is null then n end as n,
    case when withheld_as is null then eligible_n end as eligible_n,
    case when withheld_as is null then coverage end as coverage,
    case when withheld_as is null then maturity end as maturity,
    case when withheld_as is null then num end as events,
    case
        when no_value_reason is not null then 'not_computable'
        when degraded_reason is not null then 'degraded'
        else 'ok'
    end as status,
    coalesce(no_value_reason, degraded_reason) as status_reason,
    withheld_as is not null as is_suppressed
from explained
