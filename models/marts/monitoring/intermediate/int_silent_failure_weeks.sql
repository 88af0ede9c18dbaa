-- silent_failure_watch as it stood at the end of each week, so that its flags have a history.
with journeys as (
    select
        journeys.intent_id,
        cast(date_trunc('week', journeys.journey_started_on) as date) as week_starts_on,
        contained.is_vendor_contained,
        failures.is_silent_failure,
        failures.has_recontact
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_journeys_contained') }} as contained
        on journeys.journey_id = contained.journey_id
    left join {{ ref('int_journeys_silently_failed') }} as failures
        on
            journeys.journey_id = failures.journey_id
            and {{ is_watched_success('failures') }}
    where journeys.is_mature
),

weekly as (
    select
        intent_id,
        week_starts_on,
        count(*) as journeys,
        count_if(is_vendor_contained) as contained,
        count_if(is_silent_failure is not null) as declared_successes,
        count_if(has_recontact) as recontacts
    from journeys
    group by intent_id, week_starts_on
),

weeks as (
    select
        week_starts_on,
        row_number() over (order by week_starts_on asc) as week_number,
        lead(week_starts_on) over (order by week_starts_on asc) as next_week_starts_on
    from weekly
    group by week_starts_on
),

intents as (
    select distinct intent_id
    from weekly
),

cumulated as (
    select
        intents.intent_id,
        weeks.week_starts_on,
        weeks.week_number,
        weeks.next_week_starts_on,
        {%- for column in ['journeys', 'contained', 'declared_successes', 'recontacts'] %}
        cast(sum(coalesce(weekly.{{ column }}, 0)) over (
            partition by intents.intent_id
            order by weeks.week_starts_on asc
            rows between unbounded preceding and current row
        ) as double) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from intents
    cross join weeks
    left join weekly
        on
            intents.intent_id = weekly.intent_id
            and weeks.week_starts_on = weekly.week_starts_on
),

rated as (
    select
        cumulated.*,
        contained / nullif(journeys, 0) as containment,
        sum(contained) over (partition by week_starts_on)
        / nullif(sum(journeys) over (partition by week_starts_on), 0) as overall_containment,
        sum(recontacts) over (partition by week_starts_on)
        / nullif(sum(declared_successes) over (partition by week_starts_on), 0)
            as overall_recontact_rate
    from cumulated
)

select
    intent_id,
    week_starts_on,
    cast(week_number as bigint) as week_number,
    next_week_starts_on,
    containment,
    recontacts / nullif(declared_successes, 0) as recontact_rate,
    overall_recontact_rate,
    {{ silent_failure_signal() }} as signal
from rated
