-- Only what comes after the contact that declared success counts, and only within its window.
with declaring as (
    select
        journey_id,
        min(contact_number) as contact_number
    from {{ ref('fct_contacts') }}
    where declared_outcome is not null
    group by journey_id
),

journeys as (
    select
        journeys.*,
        dim_intents.confirming_event_type,
        contacts.contact_id as declaring_contact_id,
        contacts.interaction_id as declaring_interaction_id,
        contacts.is_human_involved as is_human_in_declaring_contact,
        contacts.ended_at as declared_at,
        windows.window_ends_at as watched_until
    from {{ ref('fct_journeys') }} as journeys
    inner join declaring on journeys.journey_id = declaring.journey_id
    inner join {{ ref('fct_contacts') }} as contacts
        on
            declaring.journey_id = contacts.journey_id
            and declaring.contact_number = contacts.contact_number
    inner join {{ ref('int_contacts') }} as windows
        on contacts.contact_id = windows.contact_id
    left join {{ ref('dim_intents') }} as dim_intents
        on journeys.intent_version_id = dim_intents.intent_version_id
    where journeys.first_declared_outcome = 'resolved'
),

opened_by_handoff as (
    select distinct to_interaction_id
    from {{ ref('int_handoffs_accepted') }}
    where to_interaction_id <> interaction_id
),

-- A contact that was under way already, that a handoff opened, that the company starts, or that is
-- a second wish in the same conversation, is nobody coming back.
returned as (
    select distinct journeys.journey_id
    from journeys
    inner join {{ ref('fct_contacts') }} as later
        on
            journeys.journey_id = later.journey_id
            and journeys.declaring_interaction_id <> later.interaction_id
            and journeys.declared_at < later.started_at
            and journeys.watched_until >= later.started_at
    left join opened_by_handoff on later.interaction_id = opened_by_handoff.to_interaction_id
    where later.direction = 'inbound' and opened_by_handoff.to_interaction_id is null
),

events as (
    select
        customer_id,
        event_type,
        occurred_at,
        intent_id,
        {{ silent_failure_cause('event_type') | indent(8) }} as cause
    from {{ ref('int_downstream_events_identified') }}
),

-- Customers who are seen twice, or of whom a failure is told. In a source that has none of them
-- (each conversation its own customer) nothing could show a failure, and silence is no success.
followed_customers as (
    select customer_id
    from {{ ref('fct_interactions') }}
    where is_linked
    group by customer_id
    having count(*) > 1
    union
    select customer_id
    from events
    where cause is not null
),

followed_sources as (
    select distinct interactions.source_system
    from {{ ref('fct_interactions') }} as interactions
    inner join followed_customers
        on interactions.customer_id = followed_customers.customer_id
),

told as (
    select
        journeys.journey_id,
        {%- for cause in silent_failure_events() %}
        bool_or(events.cause = '{{ cause }}') as has_{{ cause }},
        {%- endfor %}
        min(events.occurred_at) as first_event_at
    from journeys
    inner join events
        on
            journeys.customer_id = events.customer_id
            and journeys.declared_at < events.occurred_at
            and journeys.watched_until >= events.occurred_at
            and (events.intent_id is null or journeys.intent_id = events.intent_id)
            and coalesce(journeys.confirming_event_type, '') <> events.event_type
    where events.cause is not null
    group by journeys.journey_id
)

select
    journeys.journey_id,
    journeys.customer_id,
    journeys.journey_started_on,
    journeys.is_mature,
    journeys.is_linkable and followed_sources.source_system is not null as is_linkable,
    journeys.intent_id,
    journeys.intent_family,
    journeys.channel,
    journeys.customer_segment,
    journeys.handling_path,
    journeys.risk_tier,
    journeys.complexity,
    journeys.release_id,
    journeys.value_usd,
    journeys.declaring_contact_id,
    journeys.declaring_interaction_id,
    journeys.is_human_in_declaring_contact,
    journeys.declared_at,
    journeys.watched_until,
    returned.journey_id is not null as has_recontact,
    {%- for cause in silent_failure_events() %}
    coalesce(told.has_{{ cause }}, false) as has_{{ cause }},
    {%- endfor %}
    returned.journey_id is not null or told.journey_id is not null as is_silent_failure
from journeys
left join returned on journeys.journey_id = returned.journey_id
left join followed_sources on journeys.source_system = followed_sources.source_system
left join told on journeys.journey_id = told.journey_id
