with personal_identifiers as (
    select identifier_id
    from {{ ref('int_identifiers') }}
    where not is_shared
)

select
    pairs.identifier_id_a,
    pairs.identifier_id_b,
    pairs.is_from_interaction,
    pairs.is_from_link
from {{ ref('int_identity_pairs') }} as pairs
inner join personal_identifiers as first_identifiers
    on pairs.identifier_id_a = first_identifiers.identifier_id
inner join personal_identifiers as second_identifiers
    on pairs.identifier_id_b = second_identifiers.identifier_id
