{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

select
    contacts.contact_id,
    contacts.interaction_id,
    stitched.journey_id,
    cast(stitched.contact_number as bigint) as contact_number,
    contacts.customer_id,
    contacts.source_system,
    contacts.channel,
    contacts.direction,
    contacts.triggered_by,
    contacts.intent_version_id,
    contacts.intent_id,
    contacts.intent_family,
    contacts.risk_tier,
    contacts.complexity,
    coalesce(contacts.release_id, 'none') as release_id,
    contacts.started_at,
    contacts.ended_at,
    contacts.declared_outcome,
    contacts.end_reason,
    contacts.is_bot_involved,
    contacts.is_human_involved,
    judged.has_ai_contribution,
    judged.is_forced_termination,
    judged.is_left_with_human,
    judged.is_left_by_customer,
    judged.has_frustration_signals,
    cast(contacts.turns as bigint) as turns,
    cast(contacts.customer_turns as bigint) as customer_turns,
    cast(contacts.bot_turns as bigint) as bot_turns,
    cast(contacts.agent_turns as bigint) as agent_turns,
    cast(contacts.clarification_turns as bigint) as clarification_turns,
    cast(contacts.no_match_turns as bigint) as no_match_turns,
    cast(contacts.repeat_turns as bigint) as repeat_turns,
    cast(contacts.reauthentication_turns as bigint) as reauthentication_turns,
    cast(contacts.handoffs as bigint) as handoffs,
    cast(contacts.human_requests_refused as bigint) as human_requests_refused,
    cast(contacts.suggestions_used as bigint) as suggestions_used,
    contacts.mean_customer_sentiment,
    contacts.last_customer_sentiment,
    costs.total_cost_usd
from {{ ref('int_contacts') }} as contacts
inner join {{ ref('int_contacts_judged') }} as judged
    on contacts.contact_id = judged.contact_id
inner join {{ ref('int_contacts_stitched') }} as stitched
    on contacts.contact_id = stitched.contact_id
inner join {{ ref('int_contacts_costed') }} as costs
    on contacts.contact_id = costs.contact_id
where
    {{ only_affected('contacts.customer_id') }}
    and {{ only_affected('judged.customer_id') }}
    and {{ only_affected('stitched.customer_id') }}
    and {{ only_affected('costs.customer_id') }}
