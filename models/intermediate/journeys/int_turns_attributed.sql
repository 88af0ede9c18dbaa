{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

-- Only interactions with several intents pay for the window: a turn without an intent belongs to
-- the latest one before it, the turns before the first intent to that first one.
with turns as (
    select
        interaction_id,
        turn_number,
        intent_id
    from {{ ref('int_turns_accepted') }}
    where {{ only_affected('interaction_id') }}
),

interaction_intents as (
    select
        interaction_id,
        min(intent_id) as first_intent_id,
        max(intent_id) as last_intent_id
    from turns
    group by interaction_id
),

positions as (
    select
        turns.interaction_id,
        turns.turn_number,
        max(case when turns.intent_id is not null then turns.turn_number end) over (
            partition by turns.interaction_id
            order by turns.turn_number asc
            rows between unbounded preceding and current row
        ) as latest_named_turn,
        min(case when turns.intent_id is not null then turns.turn_number end) over (
            partition by turns.interaction_id
        ) as first_named_turn
    from turns
    inner join interaction_intents
        on turns.interaction_id = interaction_intents.interaction_id
    where interaction_intents.first_intent_id <> interaction_intents.last_intent_id
)

select
    turns.interaction_id,
    turns.turn_number,
    coalesce(
        named_turns.intent_id, interaction_intents.first_intent_id, 'no_intent'
    ) as intent_id
from turns
inner join interaction_intents
    on turns.interaction_id = interaction_intents.interaction_id
left join positions
    on
        turns.interaction_id = positions.interaction_id
        and turns.turn_number = positions.turn_number
left join turns as named_turns
    on
        positions.interaction_id = named_turns.interaction_id
        and coalesce(positions.latest_named_turn, positions.first_named_turn)
        = named_turns.turn_number
