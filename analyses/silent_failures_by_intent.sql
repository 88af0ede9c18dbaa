-- Which intent looks contained and fails in silence?
-- Answer on the demo: refund_status. The bot says goodbye, and half of the customers come back
-- about the same thing within the window.
select
    journeys.intent_id,
    count(*) as journeys,
    round(avg(case when contained.is_vendor_contained then 1.0 else 0.0 end), 3)
        as vendor_containment,
    round(avg(case when journeys.contacts > 1 then 1.0 else 0.0 end), 3) as came_back,
    round(avg(case when journeys.is_actually_resolved then 1.0 else 0.0 end), 3)
        as proven_resolved
from {{ ref('fct_journeys') }} as journeys
inner join {{ ref('int_journeys_contained') }} as contained
    on journeys.journey_id = contained.journey_id
where
    journeys.is_mature
    and journeys.is_automatable
    and journeys.first_declared_outcome = 'resolved'
group by journeys.intent_id
order by came_back desc
