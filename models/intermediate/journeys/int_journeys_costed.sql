{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

select
    stitched.journey_id,
    stitched.customer_id,
    sum(costs.model_cost_usd) as model_cost_usd,
    sum(costs.licence_cost_usd) as licence_cost_usd,
    sum(costs.agent_cost_usd) as agent_cost_usd,
    sum(costs.qa_cost_usd) as qa_cost_usd,
    sum(costs.total_cost_usd) as total_cost_usd,
    bool_and(costs.is_cost_complete) as is_cost_complete
from {{ ref('int_contacts_stitched') }} as stitched
inner join {{ ref('int_contacts_costed') }} as costs
    on stitched.contact_id = costs.contact_id
where {{ only_affected('stitched.customer_id') }} and {{ only_affected('costs.customer_id') }}
group by stitched.journey_id, stitched.customer_id
