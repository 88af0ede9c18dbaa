{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

-- A turn without an intent belongs to the latest one before it, the turns before the first intent
-- to that first one.
with turns as (
    select
        turns.interaction_id,
        turns.turn_number,
        turns.occurred_at,
        turns.intent_id
    from {{ ref('int_turns_accepted') }} as turns
    inner join {{ ref('int_interaction_intents') }} as interactions
        on turns.interaction_id = interactions.interaction_id
    where
        interactions.has_several_intents
        and {{ only_affected('turns.interaction_id') }}
        and {{ only_affected('interactions.interaction_id') }}
),

positions as (
    select
        turns.*,
        max(case when intent_id is not null then turn_number end) over (
            partition by interaction_id
            order by turn_number asc
            rows between unbounded preceding and current row
        ) as latest_named_turn,
        min(case when intent_id is not null then turn_number end) over (
            partition by interaction_id
        ) as first_named_turn
    from turns
)

select
    positions.interaction_id,
    positions.turn_number,
    positions.occurred_at,
    named_turns.intent_id
from positions
inner join turns as named_turns
    on
        positions.interaction_id = named_turns.interaction_id
        and coalesce(positions.latest_named_turn, positions.first_named_turn)
        = named_turns.turn_number
