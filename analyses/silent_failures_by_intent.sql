-- Which intent looks contained and fails in silence?
-- Answer on the demo: refund_status. The bot says goodbye, and half of the customers come back
-- about the same thing within the window.
select
    intent_id,
    count(*) as journeys,
    round(avg(case when is_human_in_first_contact then 0.0 else 1.0 end), 3)
        as vendor_containment,
    round(avg(case when contacts > 1 then 1.0 else 0.0 end), 3) as came_back,
    round(avg(case when is_actually_resolved then 1.0 else 0.0 end), 3) as proven_resolved
from {{ ref('fct_journeys') }}
where is_mature and is_automatable and first_declared_outcome = 'resolved'
group by intent_id
order by came_back desc
