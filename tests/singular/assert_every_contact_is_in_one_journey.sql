-- Every intent of every engaged interaction that is no test is in exactly one journey.
with expected as (
    select
        aggregated.interaction_id,
        aggregated.intent_id
    from {{ ref('int_contacts_aggregated') }} as aggregated
    inner join {{ ref('int_interactions_described') }} as interactions
        on aggregated.interaction_id = interactions.interaction_id
    where interactions.is_engaged and not interactions.is_test
),

actual as (
    select
        contacts.interaction_id,
        contacts.intent_id,
        journeys.journey_id
    from {{ ref('fct_contacts') }} as contacts
    left join {{ ref('fct_journeys') }} as journeys
        on contacts.journey_id = journeys.journey_id
)

select
    coalesce(expected.interaction_id, actual.interaction_id) as interaction_id,
    coalesce(expected.intent_id, actual.intent_id) as intent_id,
    count(distinct actual.journey_id) as journeys
from expected
full outer join actual
    on
        expected.interaction_id = actual.interaction_id
        and expected.intent_id = actual.intent_id
group by
    coalesce(expected.interaction_id, actual.interaction_id),
    coalesce(expected.intent_id, actual.intent_id)
having count(distinct actual.journey_id) <> 1 or count(*) <> 1 or count(expected.intent_id) = 0
