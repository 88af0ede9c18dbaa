with contacts as (
    select
        metric.channel,
        metric.numerator,
        metric.has_evidence,
        repeats.is_repeated_in_channel,
        repeats.is_repeated_in_any_channel
    from {{ ref('metric_first_contact_resolution') }} as metric
    inner join {{ ref('int_contacts_repeated') }} as repeats
        on metric.unit_id = repeats.contact_id
    where metric.is_mature
),

scoped_contacts as (
    select
        channel as scope,
        contacts.*
    from contacts
    union all
    select
        'all' as scope,
        contacts.*
    from contacts
),

contact_counts as (
    select
        scope as channel,
        count(*) as contacts,
        sum(numerator) as resolved_contacts,
        count_if(not has_evidence) as unrecognised_contacts,
        count_if(not is_repeated_in_channel and is_repeated_in_any_channel) as shifted_contacts
    from scoped_contacts
    group by scope
),

scoped_journeys as (
    select
        channel as scope,
        is_confirmed_resolution,
        contacts
    from {{ ref('fct_journeys') }}
    where is_mature
    union all
    select
        'all' as scope,
        is_confirmed_resolution,
        contacts
    from {{ ref('fct_journeys') }}
    where is_mature
),

journey_counts as (
    select
        scope as channel,
        count(*) as journeys,
        count_if(is_confirmed_resolution) as resolved_journeys,
        count_if(is_confirmed_resolution and contacts = 1) as first_contact_journeys
    from scoped_journeys
    group by scope
)

select
    contact_counts.channel,
    cast(contact_counts.contacts as bigint) as contacts,
    cast(contact_counts.unrecognised_contacts as bigint) as unrecognised_contacts,
    cast(contact_counts.shifted_contacts as bigint) as shifted_contacts,
    contact_counts.resolved_contacts / contact_counts.contacts as channel_fcr,
    {{ wilson_lower('contact_counts.resolved_contacts', 'contact_counts.contacts') }}
        as channel_fcr_lower_95,
    {{ wilson_upper('contact_counts.resolved_contacts', 'contact_counts.contacts') }}
        as channel_fcr_upper_95,
    (contact_counts.resolved_contacts - contact_counts.shifted_contacts)
    / contact_counts.contacts as cross_channel_fcr,
    cast(journey_counts.journeys as bigint) as journeys,
    1e0 * journey_counts.resolved_journeys / nullif(journey_counts.journeys, 0)
        as journey_resolution_rate,
    {{ wilson_lower('journey_counts.resolved_journeys', 'journey_counts.journeys') }}
        as journey_resolution_lower_95,
    {{ wilson_upper('journey_counts.resolved_journeys', 'journey_counts.journeys') }}
        as journey_resolution_upper_95,
    1e0 * journey_counts.first_contact_journeys / nullif(journey_counts.journeys, 0)
        as first_contact_journey_rate,
    contact_counts.resolved_contacts / contact_counts.contacts
    - 1e0 * journey_counts.first_contact_journeys / nullif(journey_counts.journeys, 0)
        as fcr_overstatement
from contact_counts
left join journey_counts on contact_counts.channel = journey_counts.channel
