with journeys as (
    select
        journeys.*,
        interactions.is_human_involved as is_human_in_first_interaction
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('fct_interactions') }} as interactions
        on journeys.first_interaction_id = interactions.interaction_id
    where journeys.is_automatable
)

-- A dashboard counts conversations: a human who took over another intent of the first counts too.
select
    'containment_rate_vendor' as metric_id,
    {{ journey_dimensions() }},
    true as has_evidence,
    case when not is_human_in_first_interaction then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
