with predictions as (
    select *
    from {{ ref('int_intent_predictions_accepted') }}
    where coalesce(rank, 1) = 1
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

-- A prediction of a turn that was never delivered goes to the interaction's first contact.
attributed as (
    select
        predictions.*,
        coalesce(turns.intent_id, first_contacts.intent_id) as contact_intent_id
    from predictions
    left join {{ ref('int_turns_attributed') }} as turns
        on
            predictions.interaction_id = turns.interaction_id
            and predictions.turn_number = turns.turn_number
    left join contacts as first_contacts
        on
            predictions.interaction_id = first_contacts.interaction_id
            and first_contacts.is_first_in_interaction
)

select
    source_system,
    source_event_id,
    interaction_id,
    contact_intent_id,
    turn_number,
    predicted_at,
    intent_id,
    confidence,
    release_id,
    labelled_intent_id,
    row_number() over (
        partition by interaction_id, contact_intent_id
        order by
            turn_number asc,
            predicted_at asc nulls last,
            source_system asc,
            source_event_id asc
    ) as attempt_number
from attributed
