with journeys as (
    select
        journeys.*,
        contained.is_vendor_contained
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_journeys_contained') }} as contained
        on journeys.journey_id = contained.journey_id
    where journeys.is_automatable
)

select
    'containment_rate_vendor' as metric_id,
    {{ journey_dimensions() }},
    true as has_evidence,
    case when is_vendor_contained then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
