with shared_identifiers as (
    select
        identifier_id,
        id_type,
        degree,
        exclusion_reason
    from {{ ref('int_identifiers') }}
    where is_shared
),

uses as (
    select
        identifiers.identifier_id,
        count(distinct identifiers.interaction_id) as interactions,
        count(distinct case when not customers.is_linked then identifiers.interaction_id end)
            as unlinked_interactions
    from {{ ref('int_interaction_identifiers_normalised') }} as identifiers
    inner join shared_identifiers
        on identifiers.identifier_id = shared_identifiers.identifier_id
    inner join {{ ref('int_interaction_customers') }} as customers
        on identifiers.interaction_id = customers.interaction_id
    group by identifiers.identifier_id
)

select
    shared_identifiers.identifier_id,
    shared_identifiers.id_type,
    shared_identifiers.exclusion_reason,
    shared_identifiers.degree,
    cast({{ identifier_max_degree('shared_identifiers.id_type') }} as bigint) as max_degree,
    cast(coalesce(uses.interactions, 0) as bigint) as interactions,
    cast(coalesce(uses.unlinked_interactions, 0) as bigint) as unlinked_interactions
from shared_identifiers
left join uses on shared_identifiers.identifier_id = uses.identifier_id
