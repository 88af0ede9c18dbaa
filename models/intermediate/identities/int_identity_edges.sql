{{ config(materialized='view') }}

with shared_identifiers as (
    select identifier_id
    from {{ ref('int_identifiers') }}
    where is_shared
)

select
    pairs.identifier_id_a,
    pairs.identifier_id_b,
    pairs.is_from_interaction,
    pairs.is_from_link
from {{ ref('int_identity_pairs') }} as pairs
left join shared_identifiers as shared_a on pairs.identifier_id_a = shared_a.identifier_id
left join shared_identifiers as shared_b on pairs.identifier_id_b = shared_b.identifier_id
where
    shared_a.identifier_id is null
    and shared_b.identifier_id is null
