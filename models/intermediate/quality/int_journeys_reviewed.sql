-- A judge that passes most of what is resolved and some of what is not says how many are resolved
-- of all it reviewed (Rogan and Gladen); of one journey, how likely it is at that share.
with reviewed as (
    select
        journeys.journey_id,
        journeys.is_mature,
        journeys.evidence_grade,
        journeys.last_declared_outcome = 'resolved' as is_declared_resolved,
        journeys.source_system,
        journeys.last_channel,
        reviews.human_passed,
        reviews.auto_passed,
        reviews.human_probability,
        reviews.auto_probability,
        reviews.source_system as review_system,
        reviews.judge_version
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_resolution_reviews') }} as reviews
        on journeys.last_interaction_id = reviews.interaction_id
),

-- Who review voice need not review chat.
reviewers as (
    select
        source_system,
        last_channel,
        case when count(human_probability) > 0 then 1 else 0 end
        + case when count(auto_probability) > 0 then 1 else 0 end as reviewer_types
    from reviewed
    group by source_system, last_channel
),

weighed as (
    select
        reviewed.*,
        cast(
            {{ review_weight(
                'human_probability', 'auto_probability', 'reviewers.reviewer_types'
            ) | indent(12) }} as double
        ) as review_weight
    from reviewed
    inner join reviewers
        on
            reviewed.source_system = reviewers.source_system
            and reviewed.last_channel = reviewers.last_channel
    where
        reviewed.evidence_grade in ('human_qa', 'auto_qa')
        and reviewed.is_declared_resolved is not null
),

judged as (
    select
        review_system,
        judge_version,
        is_declared_resolved,
        sum(case when auto_passed then review_weight else 0e0 end) / sum(review_weight)
            as passed_share
    from weighed
    where evidence_grade = 'auto_qa' and is_mature
    group by review_system, judge_version, is_declared_resolved
),

corrected as (
    select
        judged.*,
        judges.sensitivity,
        judges.specificity,
        judges.passed_by_people,
        judges.failed_by_people,
        judges.sensitivity + judges.specificity - 1 as informedness,
        least(1e0, greatest(0e0, (judged.passed_share + judges.specificity - 1)
            / (judges.sensitivity + judges.specificity - 1))) as resolved_share
    from judged
    inner join {{ ref('int_judges_compared') }} as judges
        on
            judged.review_system = judges.source_system
            and judged.judge_version = judges.judge_version
    where judges.is_error_known
),

-- half_width: how far the share may be off because the judge's error is estimated itself.
likely as (
    select
        review_system,
        judge_version,
        is_declared_resolved,
        resolved_share,
        sensitivity * resolved_share
        / (sensitivity * resolved_share + (1 - specificity) * (1 - resolved_share))
            as resolved_if_passed,
        (1 - sensitivity) * resolved_share
        / ((1 - sensitivity) * resolved_share + specificity * (1 - resolved_share))
            as resolved_if_failed,
        {{ z_95() }} * sqrt(
            power(resolved_share, 2) * sensitivity * (1 - sensitivity) / (passed_by_people + 1)
            + power(1 - resolved_share, 2) * specificity * (1 - specificity)
            / (failed_by_people + 1)
        ) / informedness as half_width
    from corrected
)

select
    weighed.journey_id,
    weighed.review_weight,
    case
        when weighed.human_passed then 1e0
        when not weighed.human_passed then 0e0
        when weighed.auto_passed then coalesce(likely.resolved_if_passed, 1e0)
        else coalesce(likely.resolved_if_failed, 0e0)
    end as resolved_probability,
    coalesce(least(likely.half_width, likely.resolved_share), 0e0) as resolved_probability_down,
    coalesce(least(likely.half_width, 1 - likely.resolved_share), 0e0) as resolved_probability_up
from weighed
left join likely
    on
        weighed.evidence_grade = 'auto_qa'
        and weighed.review_system = likely.review_system
        and weighed.judge_version = likely.judge_version
        and weighed.is_declared_resolved = likely.is_declared_resolved
