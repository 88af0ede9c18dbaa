-- Both ends of every edge, links too, belong to one customer.
select
    edges.identifier_id_a,
    edges.identifier_id_b
from {{ ref('int_identity_edges') }} as edges
left join {{ ref('int_identity_components') }} as components_a
    on edges.identifier_id_a = components_a.identifier_id
left join {{ ref('int_identity_components') }} as components_b
    on edges.identifier_id_b = components_b.identifier_id
where coalesce(components_a.customer_id <> components_b.customer_id, true)
