-- The identifiers of an interaction are joined by edges: two customers mean a missed edge.
select
    identifiers.interaction_id,
    count(distinct components.customer_id) as customers
from {{ ref('int_interaction_identifiers_normalised') }} as identifiers
inner join {{ ref('int_identity_components') }} as components
    on identifiers.identifier_id = components.identifier_id
group by identifiers.interaction_id
having count(distinct components.customer_id) > 1
