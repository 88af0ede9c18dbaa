{#
    Events of an interaction given to the contact (intent) under way at the time: the latest that had
    started, or the first where the event precedes them all. Events of interactions without a contact
    are left out. Adds contact_id to the relation's columns.
#}
{% macro attribute_to_contact(relation, event_time) %}
with events as (
    select *
    from {{ relation }}
),

several as (
    select interaction_id
    from {{ ref('int_contacts_aggregated') }}
    group by interaction_id
    having count(*) > 1
),

turns as (
    select
        turns.interaction_id,
        attributed.intent_id,
        turns.occurred_at,
        lag(attributed.intent_id) over (
            partition by turns.interaction_id
            order by turns.turn_number
        ) as intent_before
    from {{ ref('int_turns_accepted') }} as turns
    inner join several on turns.interaction_id = several.interaction_id
    inner join {{ ref('int_turns_attributed') }} as attributed
        on
            turns.interaction_id = attributed.interaction_id
            and turns.turn_number = attributed.turn_number
),

-- Where an intent is taken up, and taken up again after another one.
contacts as (
    select
        interaction_id,
        intent_id,
        occurred_at as started_at
    from turns
    where intent_before is null or intent_before <> intent_id
    union all
    select
        aggregated.interaction_id,
        aggregated.intent_id,
        aggregated.started_at
    from {{ ref('int_contacts_aggregated') }} as aggregated
    left join several on aggregated.interaction_id = several.interaction_id
    where several.interaction_id is null
),

candidates as (
    select
        events.*,
        contacts.interaction_id || '#' || contacts.intent_id as contact_id,
        row_number() over (
            partition by events.source_system, events.source_event_id
            order by
                case when contacts.started_at <= events.{{ event_time }} then 0 else 1 end asc,
                case when contacts.started_at <= events.{{ event_time }} then contacts.started_at end
                desc nulls last,
                contacts.started_at asc,
                contacts.intent_id asc
        ) as contact_rank
    from events
    inner join contacts on events.interaction_id = contacts.interaction_id
)

select *
from candidates
where contact_rank = 1
{% endmacro %}
