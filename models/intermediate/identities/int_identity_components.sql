{{ config(
    materialized='connected_components',
    meta={'node_column': 'identifier_id', 'component_column': 'customer_id'},
) }}

select
    identifier_id_a as node_a,
    identifier_id_b as node_b
from {{ ref('int_identity_edges') }}
union all
select
    identifier_id as node_a,
    identifier_id as node_b
from {{ ref('int_identifiers') }}
where not is_shared
