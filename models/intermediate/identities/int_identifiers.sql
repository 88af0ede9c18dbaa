{%- set placeholders = identity_settings()['placeholder_values'] -%}

with pairs as (
    select
        identifier_id_a,
        identifier_id_b
    from {{ ref('int_identity_pairs') }}
),

degrees as (
    select
        identifier_id,
        count(*) as degree
    from (
        select identifier_id_a as identifier_id from pairs
        union all
        select identifier_id_b as identifier_id from pairs
    ) as ends
    group by identifier_id
),

occurrences as (
    select
        identifier_id,
        max(identifiers_in_interaction) - 1 as degree
    from {{ ref('int_interaction_identifiers_normalised') }}
    group by identifier_id
    union all
    select
        identifier_id,
        degree
    from degrees
    {%- for end in ['a', 'b'] %}
    union all
    select
        identifier_id_{{ end }} as identifier_id,
        0 as degree
    from {{ ref('int_identity_links_graded') }}
    {%- endfor %}
    {%- for table in ['downstream_events', 'customer_segments', 'consents'] %}
    union all
    select distinct
        {{ identifier_id('id_type', 'id_value') }} as identifier_id,
        0 as degree
    from {{ ref('int_' ~ table ~ '_accepted') }}
    where {{ is_identifier_present('id_type', 'id_value') }}
    {%- endfor %}
),

identifiers as (
    select
        identifier_id,
        split_part(identifier_id, ':', 1) as id_type,
        max(degree) as degree
    from occurrences
    group by identifier_id
),

graded as (
    select
        identifier_id,
        id_type,
        substring(identifier_id, length(id_type) + 2) as id_value,
        cast(degree as bigint) as degree,
        {{ identifier_max_degree('id_type') }} as max_degree
    from identifiers
),

excluded as (
    select
        identifier_id,
        id_type,
        id_value,
        degree,
        case
            {%- if placeholders %}
            when lower(id_value) in ({{ identity_literals(placeholders) }}) then 'placeholder'
            {%- endif %}
            when degree > max_degree then 'degree'
        end as exclusion_reason
    from graded
)

select
    identifier_id,
    id_type,
    id_value,
    degree,
    exclusion_reason is not null as is_shared,
    exclusion_reason
from excluded
