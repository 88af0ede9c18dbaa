-- One row per source system and span of time in which no rate changes, every rate beside the other,
-- so that an interaction finds all its prices in one as-of join.
{% set items = {
    'agent_minute': 'agent_minute_usd',
    'overhead_share': 'overhead_share',
    'input_token': 'input_token_usd',
    'output_token': 'output_token_usd',
    'bot_licence_interaction': 'bot_licence_interaction_usd',
    'qa_review_human': 'qa_review_human_usd',
    'qa_review_auto': 'qa_review_auto_usd',
} %}
with rates as (
    select
        source_system,
        item,
        unit_price_usd,
        valid_from,
        valid_to
    from {{ ref('int_rate_card_accepted') }}
),

boundaries as (
    select valid_from as boundary_at
    from rates
    union
    select valid_to as boundary_at
    from rates
    where valid_to is not null
),

systems as (
    select distinct source_system
    from {{ ref('int_interactions_accepted') }}
),

spans as (
    select
        boundary_at as valid_from,
        lead(boundary_at) over (order by boundary_at) as valid_to
    from boundaries
)

-- Where several rows price the same item at the same time, the system's own goes before another
-- system's, and of these the later agreement holds.
select
    systems.source_system,
    spans.valid_from,
    spans.valid_to,
    {%- for item, column in items.items() %}
    max_by(
        rates.unit_price_usd,
        case when rates.source_system = systems.source_system then 'own ' else 'any ' end
        || {{ latest_key('rates.valid_from', 'rates.source_system') }}
    ) filter (where rates.item = '{{ item }}') as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
from spans
cross join systems
left join rates
    on
        spans.valid_from >= rates.valid_from
        and spans.valid_from < coalesce(rates.valid_to, cast('9999-12-31' as timestamp))
group by systems.source_system, spans.valid_from, spans.valid_to
