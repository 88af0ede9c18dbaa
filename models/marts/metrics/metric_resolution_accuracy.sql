with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where last_declared_outcome is not null
)

select
    'resolution_accuracy' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    case
        when (last_declared_outcome = 'resolved') = is_actually_resolved then 1.0
        else 0.0
    end as numerator,
    1.0 as denominator,
    case
        when is_actually_resolved is null then 0.0
        else 1.0 / nullif(evidence_probability, 0)
    end as weight
from journeys
