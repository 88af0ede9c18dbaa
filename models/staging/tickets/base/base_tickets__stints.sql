with stints as (
    select
        interaction_id,
        case_id,
        contact_number,
        stint_number,
        min(group_name) as group_name,
        min(line_number) as line_number,
        min(event_at) as offered_at,
        min(event_at) filter (where event <> 'queued') as answered_at,
        min_by(agent_id, turn_number) filter (where event <> 'queued') as agent_id,
        min(intent_id) as intent_id
    from {{ ref('base_tickets__steps') }}
    group by interaction_id, case_id, contact_number, stint_number
)

select
    *,
    lag(line_number) over in_order as previous_line_number,
    lead(stint_number) over in_order is null as is_last
from stints
window in_order as (partition by interaction_id order by stint_number)
