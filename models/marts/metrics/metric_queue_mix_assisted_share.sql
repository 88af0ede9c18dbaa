with journeys as (
    select *
    from {{ ref('fct_journeys') }}
)

select
    'queue_mix_assisted_share' as metric_id,
    {{ journey_dimensions() }},
    true as has_evidence,
    case when handling_path = 'assisted' then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    1e0 as weight
from journeys
