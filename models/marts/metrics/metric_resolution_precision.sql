with journeys as (
    {{ declared_journeys() }}
)

select
    'resolution_precision' as metric_id,
    {{ journey_dimensions() }},
    {{ known_share('is_actually_resolved', weight='truth_weight') }}
from journeys
where last_declared_outcome = 'resolved'
