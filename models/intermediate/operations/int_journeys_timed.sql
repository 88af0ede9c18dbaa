-- A journey without a resolution is watched until it matures or the data ends, then censored.
-- Several turns at one instant mean a source without times: a duration of 0 would be made up.
with journeys as (
    select *
    from {{ ref('fct_journeys') }}
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

resolved as (
    select
        journeys.journey_id,
        journeys.channel,
        journeys.started_at,
        case
            when journeys.outcome <> 'resolved' then null
            when journeys.evidence_grade = 'system_event' then journeys.evidenced_at
            else journeys.ended_at
        end as resolved_at,
        least(journeys.matures_at, clock.data_clock_at) as watched_until
    from journeys
    cross join clock
    where coalesce(journeys.turns, 1) <= 1 or journeys.ended_at > journeys.started_at
),

spans as (
    select
        journey_id,
        channel,
        started_at as starts_at,
        resolved_at,
        coalesce(resolved_at, watched_until) as ends_at
    from resolved
),

durations as (
    {{ business_seconds('spans', 'journey_id') | indent(4) }}
)

select
    spans.journey_id,
    spans.resolved_at is not null as is_resolution_observed,
    spans.resolved_at,
    spans.ends_at as watched_until,
    durations.calendar_seconds,
    durations.business_seconds
from spans
inner join durations on spans.journey_id = durations.journey_id
