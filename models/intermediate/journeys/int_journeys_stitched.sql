{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

with contacts as (
    select
        contacts.*,
        judged.is_forced_termination,
        judged.is_left_with_human,
        judged.is_left_by_customer,
        judged.has_frustration_signals,
        judged.has_ai_contribution,
        stitched.journey_id,
        stitched.contact_number,
        stitched.is_last_to_end,
        stitched.is_runaway
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_contacts_judged') }} as judged
        on contacts.contact_id = judged.contact_id
    inner join {{ ref('int_contacts_stitched') }} as stitched
        on contacts.contact_id = stitched.contact_id
    where
        {{ only_affected('contacts.customer_id') }}
        and {{ only_affected('judged.customer_id') }}
        and {{ only_affected('stitched.customer_id') }}
)

select
    journey_id,
    min(case when contact_number = 1 then customer_id end) as customer_id,
    min(case when contact_number = 1 then source_system end) as source_system,
    bool_or(is_linked) as is_linkable,
    bool_or(is_runaway) as is_runaway,
    min(case when contact_number = 1 then intent_id end) as intent_id,
    min(case when contact_number = 1 then intent_family end) as intent_family,
    min(case when contact_number = 1 then intent_version_id end) as intent_version_id,
    bool_or(contact_number = 1 and is_automatable) as is_automatable,
    min(case when contact_number = 1 then risk_tier end) as risk_tier,
    min(case when contact_number = 1 then complexity end) as complexity,
    min(case when contact_number = 1 then confirming_event_type end) as confirming_event_type,
    min(case when contact_number = 1 then value_usd end) as value_usd,
    min(case when contact_number = 1 then channel end) as channel,
    min(case when is_last_to_end then channel end) as last_channel,
    min(case when contact_number = 1 then triggered_by end) as triggered_by,
    min(case when contact_number = 1 then interaction_id end) as first_interaction_id,
    min(case when is_last_to_end then interaction_id end) as last_interaction_id,
    min(case when contact_number = 1 then first_handler_type end) as entry_handler_type,
    min_by(release_id, contact_number) filter (where release_id is not null) as release_id,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    min(first_bot_turn_at) as first_bot_turn_at,
    max(window_ends_at) as window_ends_at,
    max(case when is_last_to_end then deadline_at end) as deadline_at,
    greatest(max(window_ends_at), max(deadline_at)) as matures_at,
    count(*) as contacts,
    count(distinct channel) as channels,
    {%- for column in [
        'turns', 'customer_turns', 'bot_turns', 'agent_turns', 'clarification_turns',
        'no_match_turns', 'repeat_turns', 'reauthentication_turns', 'handoffs',
        'human_requests_refused',
    ] %}
    cast(sum({{ column }}) as bigint) as {{ column }},
    {%- endfor %}
    bool_or(is_bot_involved) as is_bot_involved,
    bool_or(is_human_involved) as is_human_involved,
    bool_or(contact_number = 1 and is_human_involved) as is_human_in_first_contact,
    bool_or(has_ai_contribution) as has_ai_contribution,
    min_by(declared_outcome, contact_number) filter (where declared_outcome is not null)
        as first_declared_outcome,
    max_by(declared_outcome, contact_number) filter (where declared_outcome is not null)
        as last_declared_outcome,
    min(case when is_last_to_end then declared_outcome end) as closing_declared_outcome,
    bool_or(is_last_to_end and is_forced_termination) as is_forced_termination,
    bool_or(is_last_to_end and is_left_with_human) as is_left_with_human,
    bool_or(is_last_to_end and is_left_by_customer) as is_left_by_customer,
    bool_or(is_last_to_end and has_frustration_signals) as has_frustration_signals
from contacts
group by journey_id
