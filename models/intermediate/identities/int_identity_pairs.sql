-- An interaction with more identifiers than any limit allows makes all of them shared, and none
-- of its pairs becomes an edge. Pairing them would grow with the square: their degree is known.
with identifiers as (
    select
        interaction_id,
        identifier_id
    from {{ ref('int_interaction_identifiers_normalised') }}
    where identifiers_in_interaction between 2 and {{ identity_largest_max_degree() }} + 1
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
