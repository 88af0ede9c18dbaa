-- A handoff to a human is the attempt that is judged. One between bots, or back to a bot, is none:
-- it is what an attempt before it must not end in.
with handoffs as (
    select *
    from {{ ref('int_handoffs_followed') }}
    where to_type in ('agent', 'specialist')
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

last_human_contacts as (
    select
        contacts.journey_id,
        max(contacts.started_at) as started_at
    from contacts
    where contacts.handling_path <> 'automation'
    group by contacts.journey_id
)

select
    handoffs.handoff_id,
    contacts.contact_id,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id,
    cast(handoffs.requested_at as date) as requested_on,
    handoffs.from_type,
    handoffs.to_type,
    handoffs.status,
    coalesce(handoffs.requested_by = 'customer', false) as is_requested_by_customer,
    handoffs.status = 'connected' as is_connected,
    handoffs.context_fields_passed >= handoffs.context_fields_expected as is_context_passed,
    case
        when handoffs.intent_after is not null
            then coalesce(handoffs.intent_before = handoffs.intent_after, false)
    end as is_intent_kept,
    handoffs.repeat_turns = 0 as is_without_repeat,
    handoffs.next_transfer_at is null as is_without_second_transfer,
    {{ seconds_between('handoffs.requested_at', 'handoffs.connected_at') }} as wait_seconds,
    targets.target as target_seconds,
    {{ seconds_between('handoffs.requested_at', 'handoffs.connected_at') }} <= targets.target
        as is_wait_within_target,
    handoffs.status = 'connected'
    or handoffs.is_human_given_later
    or coalesce(
        handoffs.status = 'deferred' and last_human_contacts.started_at > handoffs.requested_at,
        false
    ) as is_human_given
from handoffs
inner join contacts on handoffs.contact_id = contacts.contact_id
left join last_human_contacts on contacts.journey_id = last_human_contacts.journey_id
left join {{ ref('int_sla_targets_versioned') }} as targets
    on
        contacts.channel = targets.channel
        and targets.sla = 'handoff_wait_seconds'
        and cast(handoffs.requested_at as date) >= targets.valid_from
        and cast(handoffs.requested_at as date)
        < coalesce(targets.valid_to, cast('9999-12-31' as date))
