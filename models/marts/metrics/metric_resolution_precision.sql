with journeys as (
    {{ declared_journeys() }}
)

select
    'resolution_precision' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    resolved_probability as numerator,
    1.0 as denominator,
    truth_weight as weight,
    resolved_probability_down as numerator_down,
    resolved_probability_up as numerator_up
from journeys
where last_declared_outcome = 'resolved'
