{{ incremental_by('interaction_id', 'int_turns_fingerprinted') }}

with contacts as (
    select
        interaction_id,
        intent_id,
        started_at
    from {{ ref('int_contacts_aggregated') }}
    where {{ only_affected('interaction_id') }}
),

several as (
    select
        *,
        lag(intent_id) over (
            partition by interaction_id
            order by turn_number asc
        ) as intent_before
    from {{ ref('int_turns_of_several_intents') }}
    where {{ only_affected('interaction_id') }}
),

single as (
    select interaction_id
    from {{ ref('int_interaction_intents') }}
    where not has_several_intents and {{ only_affected('interaction_id') }}
)

select
    interaction_id,
    intent_id,
    occurred_at as started_at
from several
where intent_before is null or intent_before <> intent_id
union all
select
    contacts.interaction_id,
    contacts.intent_id,
    contacts.started_at
from contacts
inner join single on contacts.interaction_id = single.interaction_id
