{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

-- An interaction's cost is shared among its contacts by their turns; one with a single contact,
-- the rule, keeps it whole.
with contacts as (
    select
        contact_id,
        interaction_id,
        customer_id,
        turns
    from {{ ref('int_contacts') }}
    where {{ only_affected('customer_id') }}
),

costs as (
    select *
    from {{ ref('int_interaction_costs') }}
    where {{ only_affected('customer_id') }}
),

shares as (
    select
        contact_id,
        interaction_id,
        customer_id,
        turns / nullif(cast(sum(turns) over (partition by interaction_id) as double), 0)
            as share_of_interaction
    from contacts
)

select
    shares.contact_id,
    shares.customer_id,
    costs.model_cost_usd * shares.share_of_interaction as model_cost_usd,
    costs.licence_cost_usd * shares.share_of_interaction as licence_cost_usd,
    costs.agent_cost_usd * shares.share_of_interaction as agent_cost_usd,
    costs.qa_cost_usd * shares.share_of_interaction as qa_cost_usd,
    costs.total_cost_usd * shares.share_of_interaction as total_cost_usd,
    costs.is_cost_complete
from shares
inner join costs on shares.interaction_id = costs.interaction_id
