{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

with contacts as (
    select
        interaction_id,
        intent_id,
        started_at
    from {{ ref('int_contacts_aggregated') }}
    where {{ only_affected('interaction_id') }}
),

-- Only interactions with several intents pay for the window.
several as (
    select interaction_id
    from contacts
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
            order by turns.turn_number asc
        ) as intent_before
    from {{ ref('int_turns_accepted') }} as turns
    inner join several on turns.interaction_id = several.interaction_id
    inner join {{ ref('int_turns_attributed') }} as attributed
        on
            turns.interaction_id = attributed.interaction_id
            and turns.turn_number = attributed.turn_number
    where
        {{ only_affected('turns.interaction_id') }}
        and {{ only_affected('attributed.interaction_id') }}
)

select
    interaction_id,
    intent_id,
    occurred_at as started_at
from turns
where intent_before is null or intent_before <> intent_id
union all
select
    contacts.interaction_id,
    contacts.intent_id,
    contacts.started_at
from contacts
left join several on contacts.interaction_id = several.interaction_id
where several.interaction_id is null
