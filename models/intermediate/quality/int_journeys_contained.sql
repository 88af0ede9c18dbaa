-- A dashboard counts conversations: a human who took over another intent of the first counts too.
select
    journeys.journey_id,
    not interactions.is_human_involved as is_vendor_contained
from {{ ref('fct_journeys') }} as journeys
inner join {{ ref('fct_interactions') }} as interactions
    on journeys.first_interaction_id = interactions.interaction_id
