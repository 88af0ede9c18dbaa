-- Checked turns are estimated by weight; what the log reports counts as it is. Where nothing was
-- found the upper limit is the exact one, never zero.
with turns as (
    select
        actor_type,
        check_weight
    from {{ ref('int_turns_safety_checked') }}
    where is_checked
),

checked as (
    select
        actor_type,
        count(*) as checked_turns,
        sum(check_weight) as turns_stood_for,
        sum(check_weight) * sum(check_weight) / nullif(sum(check_weight * check_weight), 0)
            as effective_turns
    from turns
    group by actor_type
),

severities as (
    {%- for severity in [1, 2, 3, 4] %}
    select {{ severity }} as severity
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

events as (
    select
        turns.actor_type,
        events.severity,
        count_if(
            events.kind = 'violation'
            and coalesce(events.was_delivered, not events.was_blocked, true)
        ) as violations,
        count(*) as events
    from {{ ref('int_guardrail_events_accepted') }} as events
    inner join {{ ref('int_turns_safety_checked') }} as turns
        on
            events.interaction_id = turns.interaction_id
            and events.turn_number = turns.turn_number
    group by turns.actor_type, events.severity
),

rated as (
    select
        checked.*,
        severities.severity,
        coalesce(events.violations, 0) as violations,
        coalesce(events.events - events.violations, 0) as near_misses
    from checked
    cross join severities
    left join events
        on
            checked.actor_type = events.actor_type
            and severities.severity = events.severity
)

select
    actor_type,
    cast(severity as int) as severity,
    cast(checked_turns as bigint) as checked_turns,
    cast(turns_stood_for as double) as turns_stood_for,
    cast(violations as bigint) as violations,
    cast(near_misses as bigint) as near_misses,
    1000 * violations / turns_stood_for as violations_per_1000,
    1000 * {{ wilson_lower('violations', 'turns_stood_for') }} as violations_lower,
    1000 * case
        when violations = 0 then {{ exact_zero_upper('effective_turns') }}
        else {{ wilson_upper('violations', 'turns_stood_for') }}
    end as violations_upper,
    1000 * near_misses / turns_stood_for as near_misses_per_1000
from rated
