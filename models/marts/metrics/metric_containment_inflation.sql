with journeys as (
    select
        journeys.*,
        interactions.is_human_involved as is_human_in_first_interaction
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('fct_interactions') }} as interactions
        on journeys.first_interaction_id = interactions.interaction_id
    where journeys.is_automatable
)

-- Vendor minus audited, journey by journey, so that the interval is that of the paired difference.
select
    'containment_inflation' as metric_id,
    {{ journey_dimensions() }},
    evidence_grade <> 'silence' as has_evidence,
    case when not is_human_in_first_interaction then 1.0 else 0.0 end
    - case
        when handling_path = 'automation' and is_confirmed_resolution then 1.0
        else 0.0
    end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
