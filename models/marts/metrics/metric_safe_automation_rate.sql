with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where handling_path = 'automation' and outcome = 'resolved'
),

-- What the log reports is certain and stands for itself; what a review found stands for all that
-- were not reviewed. A log without an entry is no check.
checked as (
    select
        journeys.*,
        coalesce(checks.violations + checks.near_misses, 0) > 0 as is_known_unsafe,
        coalesce(checks.failed_reviews, 0) > 0 as is_found_unsafe,
        coalesce(checks.review_weight, 0e0) as review_weight
    from journeys
    left join {{ ref('int_journeys_safety_checked') }} as checks
        on journeys.journey_id = checks.journey_id
)

select
    'safe_automation_rate' as metric_id,
    {{ journey_dimensions() }},
    is_known_unsafe or review_weight > 0 as has_evidence,
    case when is_known_unsafe or is_found_unsafe then 0.0 else 1.0 end as numerator,
    1.0 as denominator,
    case when is_known_unsafe then 1e0 else review_weight end as weight
from checked
