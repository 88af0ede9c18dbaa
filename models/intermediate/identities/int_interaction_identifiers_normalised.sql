with identifiers as (
    select distinct
        interaction_id,
        {{ identifier_id('id_type', 'id_value') }} as identifier_id
    from {{ ref('int_interaction_identifiers_accepted') }}
    where {{ is_identifier_present('id_type', 'id_value') }}
)

select
    interaction_id,
    identifier_id,
    count(*) over (partition by interaction_id) as identifiers_in_interaction
from identifiers
