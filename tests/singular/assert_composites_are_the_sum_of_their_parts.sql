select composites.*
from {{ ref('scorecard_composites') }} as composites
left join (
    select
        composite_type,
        composite,
        period,
        sum(contribution) as contribution,
        sum(metric_weight * intent_weight) as weight,
        max(attainment) as highest_attainment
    from {{ ref('scorecard_composite_parts') }}
    group by composite_type, composite, period
) as parts
    on
        composites.composite_type = parts.composite_type
        and composites.composite = parts.composite
        and composites.period = parts.period
where
    composites.metrics_counted > 0
    and (
        parts.contribution is null
        or abs(composites.value - parts.contribution) > 1e-9
        or abs(parts.weight - 1) > 1e-9
        or parts.highest_attainment > 100
    )
