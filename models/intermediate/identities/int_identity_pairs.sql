with identifiers as (
    select
        identifiers.interaction_id,
        identifiers.identifier_id
    from {{ ref('int_interaction_identifiers_normalised') }} as identifiers
    left join {{ ref('int_interactions_crowded') }} as crowded
        on identifiers.interaction_id = crowded.interaction_id
    where crowded.interaction_id is null
),

pairs as (
    select
        first_identifiers.identifier_id as identifier_id_a,
        second_identifiers.identifier_id as identifier_id_b,
        true as is_from_interaction,
        false as is_from_link
    from identifiers as first_identifiers
    inner join identifiers as second_identifiers
        on
            first_identifiers.interaction_id = second_identifiers.interaction_id
            and first_identifiers.identifier_id < second_identifiers.identifier_id
    union all
    select
        identifier_id_a,
        identifier_id_b,
        false as is_from_interaction,
        true as is_from_link
    from {{ ref('int_identity_links_graded') }}
    where link_status = 'usable'
)

select
    identifier_id_a,
    identifier_id_b,
    bool_or(is_from_interaction) as is_from_interaction,
    bool_or(is_from_link) as is_from_link
from pairs
group by identifier_id_a, identifier_id_b
