{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

with aggregated as (
    select *
    from {{ ref('int_contacts_aggregated') }}
    where {{ only_affected_interactions('interaction_id') }}
),

interactions as (
    select *
    from {{ ref('int_interactions_described') }}
    where is_engaged and not is_test and {{ only_affected('customer_id') }}
),

intent_versions as (
    select *
    from {{ ref('int_intents_versioned') }}
),

handoffs as (
    select
        contact_id,
        count(*) as handoffs,
        count_if(status = 'connected' and to_type in ('agent', 'specialist'))
            as connected_human_handoffs,
        cast(count_if(
            status = 'connected'
            and to_type in ('agent', 'specialist')
            and coalesce(is_context_used, context_fields_passed > 0, false)
        ) as bigint) as handoffs_with_context_used,
        cast(count_if(requested_by = 'customer' and status in ('refused', 'failed')) as bigint)
            as human_requests_refused,
        max_by(status, {{ latest_key('requested_at', 'source_event_id') }}) as last_handoff_status
    from {{ ref('int_handoffs_attributed') }}
    group by contact_id
),

suggestions as (
    select
        contact_id,
        cast(count_if(action in ('accepted', 'edited')) as bigint) as suggestions_used
    from {{ ref('int_suggestions_attributed') }}
    group by contact_id
),

segments as (
    select
        contact_id,
        count(answered_at) as answered_segments
    from {{ ref('int_agent_segments_attributed') }}
    group by contact_id
),

last_contacts as (
    select
        interaction_id,
        max_by(intent_id, {{ latest_key('ended_at', 'intent_id') }}) as last_intent_id
    from aggregated
    group by interaction_id
)

select
    aggregated.interaction_id || '#' || aggregated.intent_id as contact_id,
    aggregated.interaction_id,
    interactions.source_system,
    interactions.customer_id,
    interactions.is_linked,
    interactions.channel,
    interactions.direction,
    interactions.triggered_by,
    aggregated.intent_id,
    case
        when aggregated.intent_id = 'no_intent' then 'no_intent'
        else coalesce(intent_versions.intent_family, 'uncatalogued')
    end as intent_family,
    coalesce(intent_versions.intent_family, aggregated.intent_id) as journey_group,
    intent_versions.intent_version_id,
    coalesce(intent_versions.is_automatable, false) as is_automatable,
    coalesce(intent_versions.risk_tier, 'unknown') as risk_tier,
    coalesce(intent_versions.complexity, 'unknown') as complexity,
    intent_versions.confirming_event_type,
    intent_versions.value_usd,
    aggregated.started_at,
    aggregated.ended_at,
    {{ add_seconds(
        'aggregated.ended_at',
        'coalesce(intent_versions.journey_window_days, '
        ~ var('cx_default_journey_window_days') ~ ') * 86400'
    ) }} as window_ends_at,
    {{ add_seconds(
        'aggregated.ended_at',
        'coalesce(intent_versions.confirmation_deadline_hours, '
        ~ var('cx_default_confirmation_deadline_hours') ~ ') * 3600'
    ) }} as deadline_at,
    aggregated.turns,
    aggregated.customer_turns,
    aggregated.bot_turns,
    aggregated.agent_turns,
    aggregated.clarification_turns,
    aggregated.no_match_turns,
    aggregated.repeat_turns,
    aggregated.reauthentication_turns,
    aggregated.first_bot_turn_at,
    aggregated.first_handler_type,
    aggregated.last_actor_type,
    aggregated.release_id,
    aggregated.mean_customer_sentiment,
    aggregated.last_customer_sentiment,
    -- What is declared of an interaction is said of its last contact; only success of all.
    case
        when
            last_contacts.last_intent_id = aggregated.intent_id
            or interactions.declared_outcome = 'resolved'
            then interactions.declared_outcome
    end as declared_outcome,
    case when last_contacts.last_intent_id = aggregated.intent_id then interactions.end_reason end
        as end_reason,
    coalesce(handoffs.handoffs, 0) as handoffs,
    coalesce(handoffs.handoffs_with_context_used, 0) as handoffs_with_context_used,
    coalesce(handoffs.human_requests_refused, 0) as human_requests_refused,
    handoffs.last_handoff_status,
    coalesce(suggestions.suggestions_used, 0) as suggestions_used,
    aggregated.bot_turns > 0 as is_bot_involved,
    aggregated.agent_turns > 0
    or coalesce(segments.answered_segments, 0) > 0
    or coalesce(handoffs.connected_human_handoffs, 0) > 0 as is_human_involved
from aggregated
inner join interactions on aggregated.interaction_id = interactions.interaction_id
inner join last_contacts on aggregated.interaction_id = last_contacts.interaction_id
left join intent_versions
    on
        aggregated.intent_id = intent_versions.intent_id
        and aggregated.started_at >= intent_versions.valid_from
        and aggregated.started_at
        < coalesce(intent_versions.valid_to, cast('9999-12-31' as timestamp))
left join handoffs
    on aggregated.interaction_id || '#' || aggregated.intent_id = handoffs.contact_id
left join suggestions
    on aggregated.interaction_id || '#' || aggregated.intent_id = suggestions.contact_id
left join segments
    on aggregated.interaction_id || '#' || aggregated.intent_id = segments.contact_id
