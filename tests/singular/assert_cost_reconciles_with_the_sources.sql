-- To the cent: cost in the marts = cost in the sources, and journeys + excluded interactions = all.
with metered as (
    select coalesce(sum(cost_usd), 0) as metered_usd
    from {{ ref('int_turns_accepted') }}
),

interactions as (
    select
        sum(total_cost_usd) as all_usd,
        sum(case when exclusion_reason is not null then total_cost_usd else 0 end)
            as excluded_usd,
        sum(model_cost_usd + licence_cost_usd + agent_cost_usd + qa_cost_usd) as components_usd
    from {{ ref('fct_interactions') }}
),

unmetered as (
    select
        coalesce(sum(turns.input_tokens * rates.input_token_usd), 0)
        + coalesce(sum(turns.output_tokens * rates.output_token_usd), 0) as unmetered_usd
    from {{ ref('int_turns_accepted') }} as turns
    inner join {{ ref('int_interactions_accepted') }} as interactions
        on turns.interaction_id = interactions.interaction_id
    inner join {{ ref('int_rates_versioned') }} as rates
        on
            interactions.source_system = rates.source_system
            and interactions.started_at >= rates.valid_from
            and (interactions.started_at < rates.valid_to or rates.valid_to is null)
    where turns.cost_usd is null
),

model_costs as (
    select sum(model_cost_usd) as model_usd
    from {{ ref('fct_interactions') }}
),

journeys as (
    select sum(total_cost_usd) as journeys_usd
    from {{ ref('fct_journeys') }}
),

contacts as (
    select sum(total_cost_usd) as contacts_usd
    from {{ ref('fct_contacts') }}
)

select
    interactions.all_usd,
    interactions.components_usd,
    interactions.excluded_usd,
    model_costs.model_usd,
    metered.metered_usd,
    unmetered.unmetered_usd,
    journeys.journeys_usd,
    contacts.contacts_usd
from metered
cross join interactions
cross join unmetered
cross join model_costs
cross join journeys
cross join contacts
where
    abs(interactions.all_usd - interactions.components_usd) >= 0.005
    or abs(model_costs.model_usd - metered.metered_usd - unmetered.unmetered_usd) >= 0.005
    or abs(interactions.all_usd - interactions.excluded_usd - journeys.journeys_usd) >= 0.005
    or abs(journeys.journeys_usd - contacts.contacts_usd) >= 0.005
