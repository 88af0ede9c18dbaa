-- What comes after a handoff, of any kind and between anybody, in its interaction or in the one
-- that it opened.
with handoffs as (
    select
        attributed.*,
        source_system || ':' || source_event_id as handoff_id,
        min(case when status <> 'refused' then requested_at end) over later as next_transfer_at,
        coalesce(
            bool_or(status = 'connected' and to_type in ('agent', 'specialist')) over later, false
        ) as is_human_given_later
    from {{ ref('int_handoffs_attributed') }} as attributed
    window later as (
        partition by interaction_id
        order by requested_at asc, source_system asc, source_event_id asc
        rows between 1 following and unbounded following
    )
),

transfers as (
    select
        interaction_id,
        min(requested_at) as first_transfer_at
    from handoffs
    where status <> 'refused'
    group by interaction_id
),

-- What the receiver says may stand in an interaction of its own.
spans as (
    select
        handoff_id,
        interaction_id,
        connected_at,
        next_transfer_at
    from handoffs
    union all
    select
        handoffs.handoff_id,
        handoffs.to_interaction_id as interaction_id,
        handoffs.connected_at,
        transfers.first_transfer_at as next_transfer_at
    from handoffs
    left join transfers on handoffs.to_interaction_id = transfers.interaction_id
    where handoffs.to_interaction_id <> handoffs.interaction_id
),

repeats as (
    select
        spans.handoff_id,
        count(*) as repeat_turns
    from spans
    inner join {{ ref('int_turns_accepted') }} as turns
        on
            spans.interaction_id = turns.interaction_id
            and spans.connected_at <= turns.occurred_at
            and (spans.next_transfer_at is null or spans.next_transfer_at > turns.occurred_at)
    where turns.is_repeat
    group by spans.handoff_id
)

select
    handoffs.handoff_id,
    handoffs.contact_id,
    handoffs.from_type,
    handoffs.to_type,
    handoffs.status,
    handoffs.requested_by,
    handoffs.requested_at,
    handoffs.connected_at,
    handoffs.context_fields_expected,
    handoffs.context_fields_passed,
    handoffs.intent_before,
    handoffs.intent_after,
    least(handoffs.next_transfer_at, transfers.first_transfer_at) as next_transfer_at,
    handoffs.is_human_given_later,
    cast(coalesce(repeats.repeat_turns, 0) as bigint) as repeat_turns
from handoffs
left join transfers
    on
        handoffs.to_interaction_id = transfers.interaction_id
        and handoffs.to_interaction_id <> handoffs.interaction_id
left join repeats on handoffs.handoff_id = repeats.handoff_id
