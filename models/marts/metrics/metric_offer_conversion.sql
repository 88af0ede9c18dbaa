-- A shift to another channel is no sale: deflection_to_value judges it.
with offers as (
    select
        offers.source_system || ':' || offers.offer_id as offer_key,
        offers.contact_id,
        cast(offers.presented_at as date) as offered_on,
        offers.accepted_at is not null and offers.reversed_at is null as is_converted
    from {{ ref('int_offers_attributed') }} as offers
    where offers.kind <> 'channel_shift'
),

offered as (
    select
        offers.offer_key,
        offers.offered_on,
        offers.is_converted,
        journeys.is_mature as is_window_over,
        contacts.*
    from offers
    inner join {{ ref('int_contacts_dimensioned') }} as contacts
        on offers.contact_id = contacts.contact_id
    inner join {{ ref('fct_journeys') }} as journeys
        on contacts.journey_id = journeys.journey_id
)

select
    'offer_conversion' as metric_id,
    {{ contact_dimensions(
        'offer_key',
        metric_date='offered_on',
        is_mature='is_window_over',
    ) }},
    true as has_evidence,
    case when is_converted then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    1e0 as weight
from offered
