{{ incremental_by('customer_id', 'int_customers_aged') }}

with journeys as (
    select *
    from {{ ref('int_journeys_stitched') }}
    where {{ only_affected('customer_id') }}
),

evidence as (
    select *
    from {{ ref('int_journeys_evidenced') }}
    where {{ only_affected('customer_id') }}
),

conclusions as (
    select *
    from {{ ref('int_journeys_concluded') }}
    where {{ only_affected('customer_id') }}
),

costs as (
    select *
    from {{ ref('int_journeys_costed') }}
    where {{ only_affected('customer_id') }}
),

segments as (
    select *
    from {{ ref('int_segments_versioned') }}
    where segment_type = '{{ var("cx_segment_type") }}'
)

select
    journeys.journey_id,
    journeys.customer_id,
    journeys.source_system,
    journeys.first_interaction_id,
    journeys.last_interaction_id,
    journeys.intent_version_id,
    journeys.intent_id,
    journeys.intent_family,
    journeys.channel,
    journeys.last_channel,
    coalesce(segments.segment, 'unknown') as customer_segment,
    conclusions.handling_path,
    journeys.risk_tier,
    journeys.complexity,
    coalesce(journeys.release_id, 'none') as release_id,
    journeys.triggered_by,
    case
        when journeys.entry_handler_type = 'bot' or not journeys.is_human_involved
            then 'automation'
        when journeys.has_ai_contribution then 'assisted'
        else 'human_only'
    end as entry_path,
    cast(journeys.started_at as date) as journey_started_on,
    journeys.started_at,
    journeys.ended_at,
    journeys.first_bot_turn_at,
    journeys.window_ends_at,
    journeys.matures_at,
    conclusions.is_mature,
    journeys.is_linkable,
    journeys.is_automatable,
    journeys.is_bot_involved,
    journeys.is_human_involved,
    journeys.is_human_in_first_contact,
    journeys.is_runaway,
    conclusions.outcome,
    evidence.evidence_grade,
    evidence.evidenced_at,
    evidence.evidence_probability,
    evidence.reversed_at,
    evidence.is_actually_resolved,
    conclusions.is_confirmed_resolution,
    conclusions.is_rage_quit,
    journeys.first_declared_outcome,
    journeys.last_declared_outcome,
    cast(journeys.contacts as bigint) as contacts,
    cast(journeys.channels as bigint) as channels,
    cast(journeys.turns as bigint) as turns,
    cast(journeys.customer_turns as bigint) as customer_turns,
    cast(journeys.bot_turns as bigint) as bot_turns,
    cast(journeys.agent_turns as bigint) as agent_turns,
    cast(journeys.clarification_turns as bigint) as clarification_turns,
    cast(journeys.no_match_turns as bigint) as no_match_turns,
    cast(journeys.repeat_turns as bigint) as repeat_turns,
    cast(journeys.reauthentication_turns as bigint) as reauthentication_turns,
    cast(journeys.handoffs as bigint) as handoffs,
    cast(journeys.human_requests_refused as bigint) as human_requests_refused,
    journeys.value_usd,
    costs.model_cost_usd,
    costs.licence_cost_usd,
    costs.agent_cost_usd,
    costs.qa_cost_usd,
    costs.total_cost_usd,
    costs.is_cost_complete
from journeys
inner join evidence on journeys.journey_id = evidence.journey_id
inner join conclusions on journeys.journey_id = conclusions.journey_id
inner join costs on journeys.journey_id = costs.journey_id
left join segments
    on
        journeys.customer_id = segments.customer_id
        and journeys.started_at >= segments.valid_from
        -- An OR here would make DuckDB compare every row with every other.
        and journeys.started_at < coalesce(segments.valid_to, cast('9999-12-31' as timestamp))
