with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where is_automatable
)

select
    'containment_rate_vendor' as metric_id,
    {{ journey_dimensions() }},
    true as has_evidence,
    case when not is_human_in_first_interaction then 1.0 else 0.0 end as numerator,
    1.0 as denominator,
    {{ forced_termination_weight() }} as weight
from journeys
