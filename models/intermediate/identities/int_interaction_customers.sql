with interactions as (
    select interaction_id
    from {{ ref('int_interactions_accepted') }}
),

-- All usable identifiers of an interaction are in one component: min() only picks it.
linked as (
    select
        identifiers.interaction_id,
        min(components.customer_id) as customer_id
    from {{ ref('int_interaction_identifiers_normalised') }} as identifiers
    inner join {{ ref('int_identity_components') }} as components
        on identifiers.identifier_id = components.identifier_id
    group by identifiers.interaction_id
)

select
    interactions.interaction_id,
    coalesce(linked.customer_id, 'interaction:' || interactions.interaction_id) as customer_id,
    linked.customer_id is not null as is_linked
from interactions
left join linked on interactions.interaction_id = linked.interaction_id
