with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where last_declared_outcome = 'resolved'
)

select
    'resolution_precision' as metric_id,
    {{ journey_dimensions() }},
    {{ known_share('is_actually_resolved', weight='1.0 / nullif(evidence_probability, 0)') }}
from journeys
