-- A contact waits once: from its first offer to its first answer. A later segment is a transfer.
with offers as (
    select
        contact_id,
        min(offered_at) as offered_at,
        min(answered_at) as answered_at
    from {{ ref('int_agent_segments_attributed') }}
    group by contact_id
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

interactions as (
    select
        interaction_id,
        ended_at
    from {{ ref('fct_interactions') }}
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

spans as (
    select
        offers.contact_id,
        contacts.channel,
        offers.offered_at as starts_at,
        offers.answered_at,
        case when offers.answered_at is null then interactions.ended_at end as left_at,
        coalesce(offers.answered_at, interactions.ended_at, clock.data_clock_at) as ends_at
    from offers
    inner join contacts on offers.contact_id = contacts.contact_id
    inner join interactions on contacts.interaction_id = interactions.interaction_id
    cross join clock
),

waits as (
    {{ business_seconds('spans', 'contact_id') | indent(4) }}
)

select
    spans.contact_id,
    spans.channel,
    spans.starts_at as offered_at,
    spans.answered_at,
    spans.left_at,
    waits.calendar_seconds as calendar_wait_seconds,
    waits.business_seconds as business_wait_seconds,
    targets.target as target_seconds,
    coalesce(
        spans.left_at is not null
        and waits.calendar_seconds < {{ var('cx_short_abandon_seconds') }},
        false
    ) as is_short_abandon
from spans
inner join waits on spans.contact_id = waits.contact_id
left join {{ ref('int_sla_targets_versioned') }} as targets
    on
        spans.channel = targets.channel
        and targets.sla = 'agent_answer_seconds'
        and cast(spans.starts_at as date) >= targets.valid_from
        and cast(spans.starts_at as date) < coalesce(targets.valid_to, cast('9999-12-31' as date))
