-- A table: five models read it, and the writing of a key costs more than a row.
select
    interaction_id,
    {{ identifier_id('id_type', 'id_value') }} as identifier_id
from {{ ref('int_interaction_identifiers_accepted') }}
where {{ is_identifier_present('id_type', 'id_value') }}
