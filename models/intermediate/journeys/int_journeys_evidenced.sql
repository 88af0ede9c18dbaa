{{ incremental_by('customer_id', 'int_customers_aged') }}

with journeys as (
    select
        journey_id,
        customer_id,
        intent_id,
        confirming_event_type,
        last_interaction_id,
        started_at,
        deadline_at,
        is_linkable
    from {{ ref('int_journeys_stitched') }}
    where {{ only_affected('customer_id') }}
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

events as (
    select *
    from {{ ref('int_downstream_events_identified') }}
),

-- Absence says nothing where no system delivers the type of event, nor of whom nobody knows.
feed as (
    select distinct event_type
    from events
),

confirmations as (
    select
        journeys.journey_id,
        min(events.occurred_at) as confirmed_at,
        max(events.reversed_at) as reversed_at
    from journeys
    inner join events
        on
            journeys.customer_id = events.customer_id
            and journeys.confirming_event_type = events.event_type
            and journeys.started_at <= events.occurred_at
            and journeys.deadline_at >= events.occurred_at
            and (events.intent_id is null or journeys.intent_id = events.intent_id)
    where
        not coalesce(events.is_correction, false)
        and (events.reversed_at is null or events.reversed_at > journeys.deadline_at)
    group by journeys.journey_id
),

answers as (
    select
        interaction_id,
        max_by(
            score > (scale_min + scale_max) / 2,
            {{ latest_key('responded_at', 'source_event_id') }}
        ) as says_resolved,
        max(responded_at) as answered_at
    from {{ ref('int_surveys_accepted') }}
    where instrument = 'resolution' and responded_at is not null and score is not null
    group by interaction_id
),

reviews as (
    select
        interaction_id,
        {{ latest_verdict('human') }} as human_passed,
        max(reviewed_at) filter (where reviewer_type = 'human') as human_reviewed_at,
        {{ latest_verdict('auto') }} as auto_passed,
        max(reviewed_at) filter (where reviewer_type = 'auto') as auto_reviewed_at,
        max(sampling_probability) filter (where reviewer_type = 'human')
            as human_sampling_probability,
        max(sampling_probability) filter (where reviewer_type = 'auto')
            as auto_sampling_probability
    from ({{ applicable_reviews('resolved') | indent(4) }}) as reviews
    group by interaction_id
),

verdicts as (
    select
        journeys.journey_id,
        journeys.customer_id,
        case
            when feed.event_type is null or not journeys.is_linkable then null
            when confirmations.confirmed_at is not null then true
            when clock.data_clock_at >= journeys.deadline_at then false
        end as system_verdict,
        answers.says_resolved as customer_verdict,
        reviews.human_passed as human_verdict,
        reviews.auto_passed as auto_verdict,
        confirmations.confirmed_at,
        confirmations.reversed_at,
        answers.answered_at,
        reviews.human_reviewed_at,
        reviews.auto_reviewed_at,
        reviews.human_sampling_probability,
        reviews.auto_sampling_probability
    from journeys
    cross join clock
    left join feed on journeys.confirming_event_type = feed.event_type
    left join confirmations on journeys.journey_id = confirmations.journey_id
    left join answers on journeys.last_interaction_id = answers.interaction_id
    left join reviews on journeys.last_interaction_id = reviews.interaction_id
)

select
    journey_id,
    customer_id,
    coalesce(system_verdict, customer_verdict, human_verdict, auto_verdict)
        as is_actually_resolved,
    case
        when system_verdict is not null then 'system_event'
        when customer_verdict is not null then 'customer_confirmed'
        when human_verdict is not null then 'human_qa'
        when auto_verdict is not null then 'auto_qa'
        else 'silence'
    end as evidence_grade,
    case
        when system_verdict is not null then confirmed_at
        when customer_verdict is not null then answered_at
        when human_verdict is not null then human_reviewed_at
        when auto_verdict is not null then auto_reviewed_at
    end as evidenced_at,
    reversed_at,
    case
        when system_verdict is not null or customer_verdict is not null then 1.0
        when human_verdict is not null then coalesce(human_sampling_probability, 1.0)
        when auto_verdict is not null then coalesce(auto_sampling_probability, 1.0)
    end as evidence_probability
from verdicts
