{{ config(materialized='view') }}

select
    turns.interaction_id,
    turns.turn_number,
    coalesce(several.intent_id, interactions.intent_id) as intent_id
from {{ ref('int_turns_accepted') }} as turns
inner join {{ ref('int_interaction_intents') }} as interactions
    on turns.interaction_id = interactions.interaction_id
left join {{ ref('int_turns_of_several_intents') }} as several
    on
        turns.interaction_id = several.interaction_id
        and turns.turn_number = several.turn_number
