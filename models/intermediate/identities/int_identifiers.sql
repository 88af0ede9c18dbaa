{{ config(materialized='view') }}
{%- set settings = identity_settings() -%}
{%- set placeholders = settings['placeholder_values'] %}

with identifiers as (
    select
        identifier_id,
        degree,
        interactions,
        {{ identifier_id_type('identifier_id') }} as id_type,
        {{ identifier_id_value('identifier_id') }} as id_value
    from {{ ref('int_identifiers_counted') }}
),

graded as (
    select
        identifier_id,
        id_type,
        id_value,
        degree,
        case
            {%- if placeholders %}
            when lower(id_value) in ({{ identity_literals(placeholders) }}) then 'placeholder'
            {%- endif %}
            when degree > {{ identifier_max_degree('id_type') }} then 'degree'
            {%- for type, limit in settings['max_interactions_by_type'].items() %}
            when
                id_type = '{{ dbt.escape_single_quotes(type) }}' and interactions > {{ limit }}
                then 'interactions'
            {%- endfor %}
        end as exclusion_reason
    from identifiers
)

select
    identifier_id,
    id_type,
    id_value,
    degree,
    exclusion_reason is not null as is_shared,
    exclusion_reason
from graded
