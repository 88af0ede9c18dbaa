-- The first best guess per contact: a guess after the bot had to ask again is no first attempt.
with attempts as (
    select *
    from {{ ref('int_intent_attempts') }}
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

switches as (
    select
        first_attempts.interaction_id,
        first_attempts.contact_intent_id,
        count(*) as switched_attempts
    from attempts as first_attempts
    inner join attempts as later_attempts
        on
            first_attempts.interaction_id = later_attempts.interaction_id
            and first_attempts.contact_intent_id = later_attempts.contact_intent_id
    where
        first_attempts.attempt_number = 1
        and later_attempts.attempt_number > 1
        and first_attempts.intent_id <> later_attempts.intent_id
    group by first_attempts.interaction_id, first_attempts.contact_intent_id
),

replies as (
    select
        attempts.interaction_id,
        attempts.contact_intent_id,
        min_by(coalesce(turns.is_no_match, false), turns.turn_number) as is_no_match
    from attempts
    inner join {{ ref('int_turns_accepted') }} as turns
        on
            attempts.interaction_id = turns.interaction_id
            and attempts.turn_number < turns.turn_number
    where attempts.attempt_number = 1 and turns.actor_type = 'bot'
    group by attempts.interaction_id, attempts.contact_intent_id
)

select
    contacts.contact_id,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    coalesce(attempts.release_id, contacts.release_id) as release_id,
    cast(coalesce(attempts.predicted_at, contacts.started_at) as date) as predicted_on,
    attempts.intent_id as predicted_intent_id,
    attempts.confidence,
    attempts.labelled_intent_id,
    coalesce(attempts.intent_id, 'out_of_scope') = 'out_of_scope' as is_fallback,
    coalesce(attempts.intent_id, 'out_of_scope') = attempts.labelled_intent_id as is_correct,
    coalesce(attempts.intent_id, 'out_of_scope') = 'out_of_scope'
    or coalesce(replies.is_no_match, false) as is_no_match,
    case
        when coalesce(attempts.intent_id, 'out_of_scope') <> 'out_of_scope'
            then switches.switched_attempts is not null
    end as is_switched
from attempts
inner join contacts
    on
        attempts.interaction_id = contacts.interaction_id
        and attempts.contact_intent_id = contacts.intent_id
left join switches
    on
        attempts.interaction_id = switches.interaction_id
        and attempts.contact_intent_id = switches.contact_intent_id
left join replies
    on
        attempts.interaction_id = replies.interaction_id
        and attempts.contact_intent_id = replies.contact_intent_id
where attempts.attempt_number = 1
