{%- set limit = identity_largest_max_degree() -%}

-- So many identifiers that each of them has more neighbours than any limit allows: all are shared,
-- and to pair them all would only cost the square of their number.
with identifiers as (
    select
        interaction_id,
        identifier_id
    from {{ ref('int_interaction_identifiers_normalised') }}
),

-- Repeated identifiers are told apart only where it can matter.
suspects as (
    select interaction_id
    from identifiers
    group by interaction_id
    having count(*) > {{ limit }} + 1
),

crowds as (
    select
        identifiers.interaction_id,
        count(distinct identifiers.identifier_id) as identifiers
    from identifiers
    inner join suspects on identifiers.interaction_id = suspects.interaction_id
    group by identifiers.interaction_id
)

select
    interaction_id,
    identifiers
from crowds
where identifiers > {{ limit }} + 1
