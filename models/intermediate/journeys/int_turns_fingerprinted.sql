{{ config(materialized='table' if affected_is_on() else 'view') }}

select
    interaction_id,
    {{ fingerprint(fingerprint_columns('turns')) }} as fingerprint
from {{ ref('int_turns_accepted') }}
group by interaction_id
