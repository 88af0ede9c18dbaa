with journeys as (
    {{ declared_journeys() }}
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
    truth_weight as weight
from journeys
