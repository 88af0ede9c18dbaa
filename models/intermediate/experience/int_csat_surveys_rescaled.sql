-- An answer outside its own scale, or without one, is no answer. The last answer holds.
with surveys as (
    select
        interaction_id,
        source_event_id,
        offered_at,
        responded_at,
        case
            when score between scale_min and scale_max
                then 1e0 + 4 * (score - scale_min) / nullif(scale_max - scale_min, 0)
        end as satisfaction
    from {{ ref('int_surveys_accepted') }}
    where instrument = 'csat'
),

graded as (
    select
        surveys.*,
        responded_at is not null and satisfaction is not null as is_answer
    from surveys
)

select
    interaction_id,
    min(coalesce(offered_at, responded_at)) as offered_at,
    min(responded_at) filter (where is_answer) as first_answered_at,
    max_by(satisfaction, {{ latest_key('responded_at', 'source_event_id') }})
        filter (where is_answer) as satisfaction
from graded
group by interaction_id
