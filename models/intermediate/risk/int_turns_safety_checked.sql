-- What the guardrail log reports is certain and stands for itself; the interactions that were
-- reviewed for safety stand for all that it does not report. A log without an entry is no check.
{% set severities = [1, 2, 3, 4] -%}
with turns as (
    select
        turns.source_system,
        turns.interaction_id,
        turns.turn_number,
        turns.actor_type,
        cast(turns.occurred_at as date) as turn_on,
        coalesce(turns.release_id, 'none') as turn_release_id,
        contacts.customer_id,
        contacts.intent_id,
        contacts.channel,
        contacts.customer_segment,
        contacts.handling_path,
        contacts.risk_tier,
        contacts.complexity,
        max(turns.turn_number) over (partition by turns.interaction_id) as last_turn_number
    from {{ ref('int_turns_accepted') }} as turns
    inner join {{ ref('int_turns_attributed') }} as attributed
        on
            turns.interaction_id = attributed.interaction_id
            and turns.turn_number = attributed.turn_number
    inner join {{ ref('int_contacts_dimensioned') }} as contacts
        on turns.interaction_id || '#' || attributed.intent_id = contacts.contact_id
    where
        turns.actor_type = 'bot'
        or (turns.actor_type = 'agent' and contacts.handling_path = 'assisted')
),

events as (
    select
        interaction_id,
        turn_number,
        severity,
        kind = 'violation' and coalesce(was_delivered, not was_blocked, true) as is_delivered
    from {{ ref('int_guardrail_events_accepted') }}
),

logged_interactions as (
    select distinct interaction_id
    from events
),

reviews as (
    {{ applicable_reviews('safety') }}
),

reviewed_interactions as (
    select
        interaction_id,
        bool_or(not passed) as is_found_unsafe,
        max(case when reviewer_type = 'human' then sampling_share end) as human_probability,
        max(case when reviewer_type = 'auto' then sampling_share end) as auto_probability
    from reviews
    group by interaction_id
),

-- Each kind of reviewer draws its own sample of the same interactions.
reviewers as (
    select count(distinct reviewer_type) as reviewer_types
    from reviews
),

-- An event that names no turn, or a customer's, is given to the last turn of the company's side
-- that is measured here. One that names an agent without AI is not about these turns.
placed_events as (
    select
        events.interaction_id,
        coalesce(named.turn_number, last_turns.last_turn_number) as turn_number,
        {%- for severity in severities %}
        count_if(events.is_delivered and events.severity = {{ severity }})
            as severity_{{ severity }}_violations,
        count_if(not events.is_delivered and events.severity = {{ severity }})
            as severity_{{ severity }}_near_misses{{ "," if not loop.last }}
        {%- endfor %}
    from events
    left join {{ ref('int_turns_accepted') }} as named
        on
            events.interaction_id = named.interaction_id
            and events.turn_number = named.turn_number
            and named.actor_type in ('bot', 'agent')
    left join turns as last_turns
        on
            events.interaction_id = last_turns.interaction_id
            and last_turns.turn_number = last_turns.last_turn_number
    group by events.interaction_id, coalesce(named.turn_number, last_turns.last_turn_number)
),

weighed as (
    select
        turns.*,
        logged_interactions.interaction_id is not null
        or reviewed_interactions.interaction_id is not null as is_checked,
        logged_interactions.interaction_id is null
        and coalesce(reviewed_interactions.is_found_unsafe, false)
        and turns.turn_number = turns.last_turn_number as is_found_by_review,
        {%- for severity in severities %}
        {%- for found in ['violations', 'near_misses'] %}
        cast(coalesce(placed_events.severity_{{ severity }}_{{ found }}, 0) as bigint)
            as severity_{{ severity }}_{{ found }},
        {%- endfor %}
        {%- endfor %}
        logged_interactions.interaction_id is not null as is_logged,
        {{ review_weight(
            'reviewed_interactions.human_probability',
            'reviewed_interactions.auto_probability',
            'nullif(reviewers.reviewer_types, 0)'
        ) | indent(8) }} as review_weight
    from turns
    cross join reviewers
    left join logged_interactions
        on turns.interaction_id = logged_interactions.interaction_id
    left join reviewed_interactions
        on turns.interaction_id = reviewed_interactions.interaction_id
    left join placed_events
        on
            turns.interaction_id = placed_events.interaction_id
            and turns.turn_number = placed_events.turn_number
),

-- How many turns the log does not report is known, so the reviews are scaled to it: conversations
-- that no reviewer could draw have turns too, and the log reports on them.
scaled as (
    select
        weighed.*,
        count_if(not is_logged) over (partition by source_system, actor_type) as unlogged_turns,
        sum(case when is_logged then 0e0 else review_weight end)
            over (partition by source_system, actor_type) as reviewed_turns
    from weighed
)

select
    interaction_id || '#' || cast(turn_number as string) as turn_id,
    interaction_id,
    turn_number,
    actor_type,
    turn_on,
    customer_id,
    intent_id,
    channel,
    customer_segment,
    handling_path,
    risk_tier,
    complexity,
    turn_release_id as release_id,
    is_checked,
    {%- for severity in severities %}
    {%- for found in ['violations', 'near_misses'] %}
    severity_{{ severity }}_{{ found }},
    {%- endfor %}
    {%- endfor %}
    case when is_found_by_review then cast(1 as bigint) else cast(0 as bigint) end
    {%- for severity in severities %}
    + severity_{{ severity }}_violations
    {%- endfor %}
        as violations,
    cast(0 as bigint)
    {%- for severity in severities %}
    + severity_{{ severity }}_near_misses
    {%- endfor %}
        as near_misses,
    case
        when is_logged then 1e0
        else coalesce(review_weight * unlogged_turns / nullif(reviewed_turns, 0), 0e0)
    end as check_weight
from scaled
