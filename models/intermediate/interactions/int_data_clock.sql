-- Maturity is judged by the data's own latest time: a pipeline that stands still does not make
-- journeys mature, and a rerun next year gives the same answer.
with latest_times as (
    select max(coalesce(ended_at, started_at)) as latest_at
    from {{ ref('int_interactions_accepted') }}
    union all
    select max(occurred_at) as latest_at
    from {{ ref('int_turns_accepted') }}
    union all
    select max(occurred_at) as latest_at
    from {{ ref('int_downstream_events_accepted') }}
    union all
    select max(coalesce(responded_at, offered_at)) as latest_at
    from {{ ref('int_surveys_accepted') }}
)

select max(latest_at) as data_clock_at
from latest_times
