{% set answer_seconds = var('cx_survey_answer_days') ~ ' * 86400' -%}
-- Everything but the later_ columns is known when the interaction ends: turns and handoffs after it
-- do not count. The bucket is a hash of the interaction, for folds and samples.
with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
    where is_first_in_interaction
),

interactions as (
    select *
    from {{ ref('int_interactions_described') }}
    where is_engaged and not is_test
),

spoken as (
    select
        turns.*,
        interactions.last_seen_at,
        lag(turns.occurred_at) over (
            partition by turns.interaction_id
            order by turns.turn_number asc
        ) as previous_turn_at
    from {{ ref('int_turns_accepted') }} as turns
    inner join interactions on turns.interaction_id = interactions.interaction_id
    where turns.occurred_at <= interactions.last_seen_at
),

turns as (
    select
        interaction_id,
        count_if(actor_type = 'customer') as customer_turns,
        count_if(actor_type = 'bot') as bot_turns,
        count_if(actor_type = 'agent') as agent_turns,
        count_if(coalesce(is_clarification, false)) as clarification_turns,
        count_if(coalesce(is_no_match, false)) as no_match_turns,
        count_if(coalesce(is_repeat, false)) as repeat_turns,
        count_if(coalesce(is_reauthentication, false)) as reauthentication_turns,
        avg(sentiment) filter (where actor_type = 'customer') as mean_sentiment,
        min(sentiment) filter (where actor_type = 'customer') as lowest_sentiment,
        min_by(sentiment, turn_number)
            filter (where actor_type = 'customer' and sentiment is not null) as first_sentiment,
        max_by(sentiment, turn_number)
            filter (where actor_type = 'customer' and sentiment is not null) as last_sentiment,
        max({{ seconds_between('previous_turn_at', 'occurred_at') }}) as longest_silence_seconds
    from spoken
    group by interaction_id
),

handoffs as (
    select
        handoffs.interaction_id,
        count(*) as handoffs,
        count_if(handoffs.status in ('refused', 'failed')) as failed_handoffs
    from {{ ref('int_handoffs_accepted') }} as handoffs
    inner join interactions on handoffs.interaction_id = interactions.interaction_id
    where handoffs.requested_at <= interactions.last_seen_at
    group by handoffs.interaction_id
),

waits as (
    select
        segments.interaction_id,
        sum({{ seconds_between(
            'segments.offered_at', 'coalesce(segments.answered_at, interactions.last_seen_at)'
        ) }}) as waited_seconds
    from {{ ref('int_agent_segments_accepted') }} as segments
    inner join interactions on segments.interaction_id = interactions.interaction_id
    where segments.offered_at <= interactions.last_seen_at
    group by segments.interaction_id
),

answer_times as (
    select
        interaction_id,
        max(responded_at) as answered_at
    from {{ ref('int_surveys_accepted') }}
    where instrument = 'csat' and score between scale_min and scale_max
    group by interaction_id
),

followed as (
    select
        interaction_id,
        lead(started_at) over (partition by customer_id order by started_at asc, interaction_id asc)
            as next_started_at
    from interactions
),

complaints as (
    select distinct interactions.interaction_id
    from interactions
    inner join {{ ref('int_downstream_events_identified') }} as events
        on interactions.customer_id = events.customer_id
    where
        events.event_type = 'complaint'
        and events.occurred_at > interactions.last_seen_at
        and events.occurred_at
        <= {{ add_seconds('interactions.last_seen_at', answer_seconds) }}
)

select
    interactions.interaction_id,
    {%- for place, factor in {1: 256, 2: 16, 3: 1}.items() %}
    {{ "+ " if not loop.first }}{{ factor }}
    * (instr('0123456789abcdef', substr(md5(interactions.interaction_id), {{ place }}, 1)) - 1)
    {%- endfor %} as bucket,
    interactions.last_seen_at as closed_at,
    surveys.satisfaction,
    case when surveys.satisfaction is not null then answer_times.answered_at end as answered_at,
    contacts.intent_id,
    contacts.channel,
    contacts.complexity,
    contacts.interaction_handling_path as handling_path,
    interactions.direction,
    coalesce(interactions.declared_outcome, 'none') as declared_outcome,
    coalesce(interactions.end_reason, 'none') as end_reason,
    turns.customer_turns,
    turns.bot_turns,
    turns.agent_turns,
    turns.clarification_turns,
    turns.no_match_turns,
    turns.repeat_turns,
    turns.reauthentication_turns,
    turns.mean_sentiment,
    turns.lowest_sentiment,
    turns.first_sentiment,
    turns.last_sentiment,
    coalesce(handoffs.handoffs, 0) as handoffs,
    coalesce(handoffs.failed_handoffs, 0) as failed_handoffs,
    {{ seconds_between('interactions.started_at', 'interactions.last_seen_at') }}
        as duration_seconds,
    coalesce(turns.longest_silence_seconds, 0) as longest_silence_seconds,
    coalesce(waits.waited_seconds, 0) as waited_seconds,
    case
        when followed.next_started_at
            <= {{ add_seconds('interactions.last_seen_at', answer_seconds) }}
            then 1
        else 0
    end as later_recontact,
    case when complaints.interaction_id is not null then 1 else 0 end as later_complaint
from interactions
inner join contacts on interactions.interaction_id = contacts.interaction_id
inner join turns on interactions.interaction_id = turns.interaction_id
left join handoffs on interactions.interaction_id = handoffs.interaction_id
left join waits on interactions.interaction_id = waits.interaction_id
left join {{ ref('int_csat_surveys_rescaled') }} as surveys
    on interactions.interaction_id = surveys.interaction_id
left join answer_times on interactions.interaction_id = answer_times.interaction_id
left join followed on interactions.interaction_id = followed.interaction_id
left join complaints on interactions.interaction_id = complaints.interaction_id
