-- The latest word of each kind of reviewer, and with which probability it drew the interaction.
select
    interaction_id,
    min(source_system) as source_system,
    max_by(passed, {{ latest_key('reviewed_at', 'source_event_id') }})
        filter (where reviewer_type = 'human') as human_passed,
    max_by(passed, {{ latest_key('reviewed_at', 'source_event_id') }})
        filter (where reviewer_type = 'auto') as auto_passed,
    max_by(
        coalesce(judge_version, 'unknown'), {{ latest_key('reviewed_at', 'source_event_id') }}
    ) filter (where reviewer_type = 'auto') as judge_version,
    max(sampling_share) filter (where reviewer_type = 'human') as human_probability,
    max(sampling_share) filter (where reviewer_type = 'auto') as auto_probability
from (
    select
        reviews.*,
        coalesce(nullif(sampling_probability, 0), 1e0) as sampling_share
    from {{ ref('int_qa_reviews_accepted') }} as reviews
    where criterion = 'resolved' and passed is not null and coalesce(is_opportunity, true)
) as reviews
group by interaction_id
