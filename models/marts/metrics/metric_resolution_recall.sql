with journeys as (
    {{ declared_journeys() }}
)

select
    'resolution_recall' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    case when is_actually_resolved and last_declared_outcome = 'resolved' then 1.0 else 0.0 end
        as numerator,
    1.0 as denominator,
    truth_weight as weight
from journeys
where coalesce(is_actually_resolved, true)
