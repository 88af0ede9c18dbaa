{% set revenue_types = revenue_event_types() | join("', '") -%}
-- A sale belongs to the customer's latest contact before it, while that contact's window is open.
with events as (
    select *
    from {{ ref('int_downstream_events_identified') }}
    where
        event_type in ('{{ revenue_types }}')
        and amount_usd is not null
),

contacts as (
    select
        contacts.contact_id,
        contacts.interaction_id,
        contacts.customer_id,
        contacts.started_at,
        contacts.window_ends_at,
        stitched.journey_id
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_contacts_stitched') }} as stitched
        on contacts.contact_id = stitched.contact_id
),

candidates as (
    select
        events.downstream_event_id,
        contacts.contact_id,
        contacts.interaction_id,
        contacts.journey_id,
        row_number() over (
            partition by events.downstream_event_id
            order by contacts.started_at desc, contacts.contact_id desc
        ) as candidate_rank
    from events
    inner join contacts
        on
            events.customer_id = contacts.customer_id
            and events.occurred_at >= contacts.started_at
            and events.occurred_at <= contacts.window_ends_at
)

select
    events.downstream_event_id,
    events.customer_id,
    events.event_type,
    events.occurred_at,
    candidates.contact_id,
    candidates.interaction_id,
    candidates.journey_id,
    events.amount_usd as gross_usd,
    case when events.reversed_at is null then events.amount_usd else 0e0 end as net_usd
from events
left join candidates
    on
        events.downstream_event_id = candidates.downstream_event_id
        and candidates.candidate_rank = 1
