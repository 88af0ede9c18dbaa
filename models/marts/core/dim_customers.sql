with interactions as (
    select
        customer_id,
        min(started_at) as first_seen_at,
        max(started_at) as last_seen_at,
        count(*) as interactions,
        bool_or(is_linked) as is_linked
    from {{ ref('int_interactions_described') }}
    group by customer_id
),

identifiers as (
    select
        customer_id,
        count(*) as identifiers
    from {{ ref('int_identifier_customers') }}
    group by customer_id
)

select
    interactions.customer_id,
    cast(coalesce(identifiers.identifiers, 0) as bigint) as identifiers,
    cast(interactions.interactions as bigint) as interactions,
    interactions.first_seen_at,
    interactions.last_seen_at,
    interactions.is_linked
from interactions
left join identifiers on interactions.customer_id = identifiers.customer_id
