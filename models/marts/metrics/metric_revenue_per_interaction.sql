with revenue as (
    select
        interaction_id,
        sum(net_usd) as net_usd
    from {{ ref('int_revenue_attributed') }}
    where interaction_id is not null
    group by interaction_id
),

interactions as (
    select
        contacts.*,
        journeys.is_mature as is_window_over,
        coalesce(revenue.net_usd, 0e0) as net_usd
    from {{ ref('int_contacts_dimensioned') }} as contacts
    inner join {{ ref('fct_journeys') }} as journeys
        on contacts.journey_id = journeys.journey_id
    left join revenue on contacts.interaction_id = revenue.interaction_id
    where contacts.is_first_in_interaction
)

select
    'revenue_per_interaction' as metric_id,
    {{ contact_dimensions(
        'interaction_id',
        is_mature='is_window_over',
        handling_path='interaction_handling_path',
    ) }},
    true as has_evidence,
    net_usd as numerator,
    1e0 as denominator,
    1e0 as weight
from interactions
