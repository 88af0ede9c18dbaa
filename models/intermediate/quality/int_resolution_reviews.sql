-- The latest word of each kind of reviewer, and with which probability it drew the interaction.
with reviews as (
    {{ applicable_reviews('resolved') }}
)

select
    interaction_id,
    min(source_system) as source_system,
    {{ latest_verdict('human') }} as human_passed,
    {{ latest_verdict('auto') }} as auto_passed,
    max_by(
        coalesce(judge_version, 'unknown'), {{ latest_key('reviewed_at', 'source_event_id') }}
    ) filter (where reviewer_type = 'auto') as judge_version,
    max(sampling_share) filter (where reviewer_type = 'human') as human_probability,
    max(sampling_share) filter (where reviewer_type = 'auto') as auto_probability
from reviews
group by interaction_id
