with journeys as (
    select *
    from {{ ref('fct_journeys') }}
),

durations as (
    select
        journey_id as timed_journey_id,
        is_resolution_observed,
        business_seconds
    from {{ ref('int_journeys_timed') }}
)

-- Journeys without a resolution are censored: they weigh in with the time they were watched.
select
    'time_to_resolution_business' as metric_id,
    {{ journey_dimensions() }},
    durations.is_resolution_observed as has_evidence,
    durations.business_seconds as numerator,
    1e0 as denominator,
    1e0 as weight
from journeys
inner join durations on journeys.journey_id = durations.timed_journey_id
