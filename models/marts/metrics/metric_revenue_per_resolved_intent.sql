with revenue as (
    select
        journey_id,
        sum(net_usd) as net_usd
    from {{ ref('int_revenue_attributed') }}
    where journey_id is not null
    group by journey_id
),

journeys as (
    select
        journeys.*,
        coalesce(revenue.net_usd, 0e0) as net_usd
    from {{ ref('fct_journeys') }} as journeys
    left join revenue on journeys.journey_id = revenue.journey_id
)

select
    'revenue_per_resolved_intent' as metric_id,
    {{ journey_dimensions() }},
    is_actually_resolved is not null as has_evidence,
    net_usd as numerator,
    case when is_confirmed_resolution then 1e0 else 0e0 end as denominator,
    1e0 as weight
from journeys
