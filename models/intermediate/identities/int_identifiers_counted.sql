{%- set passing = identity_literals(var('cx_identity_passing_types')) -%}

-- A customer has any number of conversations and cookies: these are no sign of many customers.
with neighbours as (
    {%- for end, other in [('a', 'b'), ('b', 'a')] %}
    select
        identifier_id_{{ end }} as identifier_id,
        {%- if passing %}
        case
            when {{ identifier_id_type('identifier_id_' ~ other) }} in ({{ passing }}) then 0
            else 1
        end as pairs,
        {%- else %}
        1 as pairs,
        {%- endif %}
        0 as crowd,
        0 as interactions
    from {{ ref('int_identity_pairs') }}
    union all
    {%- endfor %}
    select
        identifiers.identifier_id,
        0 as pairs,
        coalesce(crowded.identifiers - 1, 0) as crowd,
        1 as interactions
    from {{ ref('int_interaction_identifiers_normalised') }} as identifiers
    left join {{ ref('int_interactions_crowded') }} as crowded
        on identifiers.interaction_id = crowded.interaction_id
    {%- for end in ['a', 'b'] %}
    union all
    select
        identifier_id_{{ end }} as identifier_id,
        0 as pairs,
        0 as crowd,
        0 as interactions
    from {{ ref('int_identity_links_graded') }}
    {%- endfor %}
    {%- for table in ['downstream_events', 'customer_segments', 'consents'] %}
    union all
    select
        {{ identifier_id('id_type', 'id_value') }} as identifier_id,
        0 as pairs,
        0 as crowd,
        0 as interactions
    from {{ ref('int_' ~ table ~ '_accepted') }}
    where {{ is_identifier_present('id_type', 'id_value') }}
    {%- endfor %}
)

select
    identifier_id,
    cast(greatest(sum(pairs), max(crowd)) as bigint) as degree,
    cast(sum(interactions) as bigint) as interactions
from neighbours
group by identifier_id
