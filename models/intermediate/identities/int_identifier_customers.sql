{{ config(materialized='view') }}

with components as (
    select
        identifier_id,
        customer_id,
        split_part(identifier_id, ':', 1) as id_type
    from {{ ref('int_identity_components') }}
)

select
    identifier_id,
    id_type,
    substring(identifier_id, length(id_type) + 2) as id_value,
    customer_id
from components
