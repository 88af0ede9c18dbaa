{{ config(materialized='table') }}

with contacts as (
    select
        interaction_id,
        case_id,
        contact_number,
        min(event_at) as started_at,
        min(event_at) filter (where is_completion) as completed_at,
        min_by(event, turn_number) filter (where is_completion) as completed_by,
        min(event_at) filter (where event = 'closed') as closed_at,
        max(event_at) as last_event_at,
        min_by(intent_id, turn_number) as intent_id,
        min_by(group_name, turn_number) as first_group
    from {{ ref('base_tickets__steps') }}
    group by interaction_id, case_id, contact_number
)

select
    *,
    lead(started_at) over (partition by case_id order by contact_number) as reopened_at
from contacts
