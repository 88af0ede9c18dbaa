with journeys as (
    select *
    from {{ ref('fct_journeys') }}
)

-- A case's whole cost sits with the path it entered: a bot that fails pays for its failures.
select
    'cost_per_resolved_intent' as metric_id,
    {{ journey_dimensions(handling_path='entry_path') }},
    is_cost_complete as has_evidence,
    total_cost_usd as numerator,
    case when is_confirmed_resolution then 1.0 else 0.0 end as denominator,
    case when is_cost_complete then 1.0 else 0.0 end as weight
from journeys
