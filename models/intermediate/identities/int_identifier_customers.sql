{{ config(materialized='view') }}

select
    identifier_id,
    {{ identifier_id_type('identifier_id') }} as id_type,
    {{ identifier_id_value('identifier_id') }} as id_value,
    customer_id
from {{ ref('int_identity_components') }}
