with journeys as (
    {{ declared_journeys() }}
)

select
    'resolution_accuracy' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    case
        when is_actually_resolved is null then 0e0
        when last_declared_outcome = 'resolved' then resolved_probability
        else 1 - resolved_probability
    end as numerator,
    1.0 as denominator,
    truth_weight as weight,
    case
        when last_declared_outcome = 'resolved' then resolved_probability_down
        else resolved_probability_up
    end as numerator_down,
    case
        when last_declared_outcome = 'resolved' then resolved_probability_up
        else resolved_probability_down
    end as numerator_up
from journeys
