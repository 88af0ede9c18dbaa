with journeys as (
    select *
    from {{ ref('fct_journeys') }}
),

efforts as (
    select
        journey_id as scored_journey_id,
        effort_score
    from {{ ref('int_journeys_effort') }}
)

select
    'effort_score' as metric_id,
    {{ journey_dimensions() }},
    true as has_evidence,
    efforts.effort_score as numerator,
    1e0 as denominator,
    1e0 as weight
from journeys
inner join efforts on journeys.journey_id = efforts.scored_journey_id
