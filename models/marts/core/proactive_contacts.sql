with proactive as (
    select *
    from {{ ref('fct_interactions') }}
    where direction = 'outbound' and triggered_by = 'proactive' and not is_test
),

topics as (
    select
        interaction_id,
        min_by(intent_id, first_turn_number) as intent_id
    from {{ ref('int_contacts_aggregated') }}
    where intent_id <> 'no_intent'
    group by interaction_id
),

described as (
    select
        proactive.*,
        topics.intent_id,
        coalesce(versions.intent_family, topics.intent_id) as journey_group,
        {{ add_seconds('proactive.started_at', var('cx_proactive_window_days') ~ ' * 86400') }}
            as window_ends_at
    from proactive
    left join topics on proactive.interaction_id = topics.interaction_id
    left join {{ ref('int_intents_versioned') }} as versions
        on
            topics.intent_id = versions.intent_id
            and proactive.started_at >= versions.valid_from
            and proactive.started_at < coalesce(
                versions.valid_to, cast('9999-12-31' as timestamp)
            )
),

triggered as (
    select
        described.interaction_id,
        min(contacts.started_at) as triggered_at,
        min_by(
            contacts.contact_id,
            {{ latest_key('contacts.started_at', 'contacts.contact_id') }}
        ) as triggered_contact_id
    from described
    inner join {{ ref('int_contacts') }} as contacts
        on described.customer_id = contacts.customer_id
    where
        contacts.direction = 'inbound'
        and contacts.started_at > described.started_at
        and contacts.started_at <= described.window_ends_at
        and coalesce(described.journey_group = contacts.journey_group, true)
    group by described.interaction_id
)

select
    described.interaction_id,
    described.customer_id,
    described.source_system,
    described.channel,
    coalesce(described.intent_id, 'no_intent') as intent_id,
    described.started_at,
    described.window_ends_at,
    described.is_engaged,
    triggered.triggered_contact_id,
    triggered.triggered_at,
    case
        when triggered.triggered_at is not null then 'triggered'
        when not described.is_linked then 'unknown'
        when clock.data_clock_at < described.window_ends_at then 'open'
        else 'prevented'
    end as effect
from described
cross join {{ ref('int_data_clock') }} as clock
left join triggered on described.interaction_id = triggered.interaction_id
