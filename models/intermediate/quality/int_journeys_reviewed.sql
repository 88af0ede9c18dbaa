with reviewed as (
    select
        journeys.journey_id,
        journeys.evidence_grade,
        journeys.source_system,
        journeys.last_channel,
        reviews.human_probability,
        reviews.auto_probability
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_resolution_reviews') }} as reviews
        on journeys.last_interaction_id = reviews.interaction_id
),

-- Who reviews voice need not review chat.
reviewers as (
    select
        source_system,
        last_channel,
        case when count(human_probability) > 0 then 1 else 0 end
        + case when count(auto_probability) > 0 then 1 else 0 end as reviewer_types
    from reviewed
    group by source_system, last_channel
)

select
    reviewed.journey_id,
    cast(
        {{ review_weight('human_probability', 'auto_probability', 'reviewers.reviewer_types') }}
        as double
    ) as review_weight
from reviewed
inner join reviewers
    on
        reviewed.source_system = reviewers.source_system
        and reviewed.last_channel = reviewers.last_channel
where reviewed.evidence_grade in ('human_qa', 'auto_qa')
