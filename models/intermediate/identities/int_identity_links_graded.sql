{{ config(materialized='view') }}

{%- set settings = identity_settings() -%}

with links as (
    select
        source_system,
        source_event_id,
        linked_at,
        method,
        confidence,
        {{ identifier_id('id_type_a', 'id_value_a') }} as first_identifier_id,
        {{ identifier_id('id_type_b', 'id_value_b') }} as second_identifier_id
    from {{ ref('int_identity_links_accepted') }}
    where
        {{ is_identifier_present('id_type_a', 'id_value_a') }}
        and {{ is_identifier_present('id_type_b', 'id_value_b') }}
)

select
    source_system,
    source_event_id,
    least(first_identifier_id, second_identifier_id) as identifier_id_a,
    greatest(first_identifier_id, second_identifier_id) as identifier_id_b,
    linked_at,
    method,
    confidence,
    case
        when first_identifier_id = second_identifier_id then 'same_identifier'
        when confidence < {{ settings['min_confidence'] }} then 'low_confidence'
        {%- if settings['as_of'] is not none %}
        when linked_at > cast('{{ settings["as_of"] }}' as timestamp) then 'later'
        {%- endif %}
        else 'usable'
    end as link_status
from links
