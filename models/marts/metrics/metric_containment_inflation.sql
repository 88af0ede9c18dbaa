with journeys as (
    select
        journeys.*,
        contained.is_vendor_contained
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_journeys_contained') }} as contained
        on journeys.journey_id = contained.journey_id
    where journeys.is_automatable
)

-- Vendor minus audited, journey by journey, so that the interval is that of the paired difference.
select
    'containment_inflation' as metric_id,
    {{ journey_dimensions() }},
    evidence_grade <> 'silence' as has_evidence,
    case when is_vendor_contained then 1.0 else 0.0 end
    - case
        when handling_path = 'automation' and is_confirmed_resolution then 1.0
        else 0.0
    end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
