with journeys as (
    select
        journeys.*,
        case when is_actually_resolved then last_declared_outcome = 'resolved' end
            as is_declared_as_resolved
    from {{ ref('fct_journeys') }} as journeys
    where last_declared_outcome is not null and coalesce(is_actually_resolved, true)
)

select
    'resolution_recall' as metric_id,
    {{ journey_dimensions() }},
    {{ known_share('is_declared_as_resolved', weight='1.0 / nullif(evidence_probability, 0)') }}
from journeys
