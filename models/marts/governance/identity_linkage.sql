with interactions as (
    select
        interaction_id,
        source_system,
        channel,
        cast(date_trunc('month', started_at) as date) as interaction_month
    from {{ ref('int_interactions_accepted') }}
),

identified as (
    select distinct interaction_id
    from {{ ref('int_interaction_identifiers_normalised') }}
),

counted as (
    select
        interactions.source_system,
        interactions.channel,
        interactions.interaction_month,
        count(*) as interactions,
        count_if(customers.is_linked) as linked_interactions,
        count_if(identified.interaction_id is null) as interactions_without_identifier,
        count_if(identified.interaction_id is not null and not customers.is_linked)
            as interactions_with_shared_only,
        count(distinct customers.customer_id) as customers
    from interactions
    inner join {{ ref('int_interaction_customers') }} as customers
        on interactions.interaction_id = customers.interaction_id
    left join identified on interactions.interaction_id = identified.interaction_id
    group by interactions.source_system, interactions.channel, interactions.interaction_month
)

select
    source_system || ':' || channel || ':' || cast(interaction_month as string)
        as identity_linkage_id,
    source_system,
    channel,
    interaction_month,
    cast(interactions as bigint) as interactions,
    cast(linked_interactions as bigint) as linked_interactions,
    cast(interactions_without_identifier as bigint) as interactions_without_identifier,
    cast(interactions_with_shared_only as bigint) as interactions_with_shared_only,
    cast(customers as bigint) as customers,
    cast(linked_interactions as double) / nullif(interactions, 0) as linkage_rate
from counted
