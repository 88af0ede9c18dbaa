with journeys as (
    select *
    from {{ ref('int_journeys_silently_failed') }}
)

select
    'silent_failure_complaint' as metric_id,
    {{ journey_dimensions() }},
    is_linkable as has_evidence,
    case when has_complaint then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    case when is_linkable then 1e0 else 0e0 end as weight
from journeys
