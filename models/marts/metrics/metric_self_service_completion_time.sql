-- Journeys without proof have not been seen to end: they are censored when their window closes.
-- Several turns at one instant: the source has no times, and a duration of 0 would be made up.
with journeys as (
    select
        journeys.*,
        case
            when is_confirmed_resolution then evidenced_at
            else window_ends_at
        end as last_known_at,
        coalesce(turns > 1 and ended_at = started_at, false) as is_without_times
    from {{ ref('fct_journeys') }} as journeys
    where handling_path = 'automation' and first_bot_turn_at is not null
)

select
    'self_service_completion_time' as metric_id,
    {{ journey_dimensions() }},
    is_confirmed_resolution and evidenced_at is not null and not is_without_times as has_evidence,
    coalesce(
        greatest({{ seconds_between('first_bot_turn_at', 'last_known_at') }}, 0e0), 0e0
    ) as numerator,
    1.0 as denominator,
    case when last_known_at is null or is_without_times then 0.0 else 1.0 end as weight
from journeys
