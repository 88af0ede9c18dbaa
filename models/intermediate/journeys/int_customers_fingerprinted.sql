-- Everything that the contacts and journeys of a customer are made from, but the clock.
{{ config(materialized='table' if affected_is_on() else 'view') }}

{%- set version_columns = [
    'intent_version_id', 'intent_family', 'is_automatable', 'risk_tier', 'complexity',
    'journey_window_days', 'confirming_event_type', 'confirmation_deadline_hours', 'value_usd',
] -%}
{%- set rate_columns = [
    'agent_minute_usd', 'overhead_share', 'input_token_usd', 'output_token_usd',
    'bot_licence_interaction_usd', 'qa_review_human_usd', 'qa_review_auto_usd',
] %}

with interactions as (
    select
        interactions.*,
        customers.customer_id,
        customers.is_linked
    from {{ ref('int_interactions_accepted') }} as interactions
    inner join {{ ref('int_interaction_customers') }} as customers
        on interactions.interaction_id = customers.interaction_id
),

parts as (
    select
        customer_id,
        'interactions:' || {{ fingerprint(fingerprint_columns('interactions') + ['is_linked']) }}
            as fingerprint
    from interactions
    group by customer_id
    union all
    select
        interactions.customer_id,
        'turns:' || {{ fingerprint(['turns.interaction_id', 'turns.fingerprint']) }} as fingerprint
    from {{ ref('int_turns_fingerprinted') }} as turns
    inner join interactions on turns.interaction_id = interactions.interaction_id
    group by interactions.customer_id
    {%- for table in ['handoffs', 'suggestions', 'agent_segments', 'qa_reviews', 'surveys'] %}
    union all
    select
        interactions.customer_id,
        '{{ table }}:' || {{ fingerprint(prefixed('events', fingerprint_columns(table))) }}
            as fingerprint
    from {{ ref('int_' ~ table ~ '_accepted') }} as events
    inner join interactions on events.interaction_id = interactions.interaction_id
    group by interactions.customer_id
    {%- endfor %}
    union all
    select
        interactions.customer_id,
        'catalogue:' || {{ fingerprint(
            ['contacts.interaction_id', 'contacts.intent_id']
            + prefixed('versions', version_columns)
        ) }} as fingerprint
    from {{ ref('int_contacts_aggregated') }} as contacts
    inner join interactions on contacts.interaction_id = interactions.interaction_id
    inner join {{ ref('int_intents_versioned') }} as versions
        on
            contacts.intent_id = versions.intent_id
            and contacts.started_at >= versions.valid_from
            and contacts.started_at < coalesce(versions.valid_to, cast('9999-12-31' as timestamp))
    group by interactions.customer_id
    union all
    select
        interactions.customer_id,
        'rates:' || {{ fingerprint(
            ['interactions.interaction_id'] + prefixed('rates', rate_columns)
        ) }}
            as fingerprint
    from interactions
    inner join {{ ref('int_rates_versioned') }} as rates
        on
            interactions.source_system = rates.source_system
            and interactions.started_at >= rates.valid_from
            and interactions.started_at < coalesce(rates.valid_to, cast('9999-12-31' as timestamp))
    group by interactions.customer_id
    union all
    select
        customer_id,
        'downstream:' || {{ fingerprint([
            'downstream_event_id', 'event_type', 'occurred_at', 'amount_usd', 'intent_id',
            'reversed_at', 'is_correction',
        ]) }} as fingerprint
    from {{ ref('int_downstream_events_identified') }}
    where customer_id is not null
    group by customer_id
    union all
    select
        customer_id,
        'segments:' || {{ fingerprint([
            'segment_type', 'segment', 'lawful_basis', 'valid_from', 'valid_to',
        ]) }} as fingerprint
    from {{ ref('int_segments_versioned') }}
    group by customer_id
),

-- The first downstream event of a type turns missing confirmations into evidence, for everybody.
feed as (
    select {{ fingerprint(['event_type']) }} as types_fed
    from (select distinct event_type from {{ ref('int_downstream_events_identified') }}) as types
)

select
    parts.customer_id,
    {{ fingerprint(['parts.fingerprint', 'feed.types_fed']) }} as fingerprint
from parts
cross join feed
group by parts.customer_id
