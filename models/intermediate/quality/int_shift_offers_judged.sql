with attributed as (
    {{- attribute_to_contact(ref('int_offers_accepted'), 'presented_at') | indent(4) }}
),

offers as (
    select *
    from attributed
    where kind = 'channel_shift'
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

journeys as (
    select *
    from {{ ref('fct_journeys') }}
),

efforts as (
    select *
    from {{ ref('int_journeys_effort_compared') }}
),

later_contacts as (
    select
        offers.source_system,
        offers.offer_id,
        count(*) as later_contacts,
        count_if(later.channel = offers.target_channel) as contacts_there
    from offers
    inner join contacts on offers.contact_id = contacts.contact_id
    inner join contacts as later
        on
            contacts.journey_id = later.journey_id
            and offers.contact_id <> later.contact_id
            and offers.presented_at <= later.started_at
    group by offers.source_system, offers.offer_id
)

select
    offers.source_system || ':' || offers.offer_id as offer_id,
    contacts.contact_id,
    contacts.journey_id,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id,
    cast(offers.presented_at as date) as presented_on,
    offers.target_channel,
    journeys.is_mature,
    journeys.evidence_grade,
    offers.accepted_at is not null as is_accepted,
    coalesce(later_contacts.contacts_there, 0) > 0
    and coalesce(journeys.last_channel = offers.target_channel, false)
    and journeys.is_confirmed_resolution as is_completed_there,
    coalesce(later_contacts.later_contacts, 0) <= 1 as is_without_recontact,
    efforts.effort_points,
    efforts.median_effort_points,
    efforts.is_effort_at_most_median,
    efforts.is_effort_at_most_lowest_median,
    efforts.is_effort_at_most_highest_median
from offers
inner join contacts on offers.contact_id = contacts.contact_id
inner join journeys on contacts.journey_id = journeys.journey_id
left join later_contacts
    on
        offers.source_system = later_contacts.source_system
        and offers.offer_id = later_contacts.offer_id
left join efforts on contacts.journey_id = efforts.journey_id
