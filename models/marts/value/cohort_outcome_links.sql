{% set revenue_types = revenue_event_types() -%}
{% set drivers = ['csat', 'effort', 'accuracy'] -%}
{% set outcomes = ['has_churned', 'has_bought_again', 'nps'] -%}
-- Associations between customers, not effects: who is satisfied may differ in much else.
with journeys as (
    select
        customer_id,
        min(journey_started_on) as first_journey_on,
        max(ended_at) as last_contact_at,
        avg(cast(
            contacts - 1 + channels - 1 + clarification_turns + repeat_turns
            + reauthentication_turns as double
        )) as effort,
        avg(case
            when last_declared_outcome is null or is_actually_resolved is null then null
            when (last_declared_outcome = 'resolved') = is_actually_resolved then 1e0
            else 0e0
        end) as accuracy
    from {{ ref('fct_journeys') }}
    where is_linkable and is_mature
    group by customer_id
),

answers as (
    select
        interactions.customer_id,
        avg(case
            when surveys.instrument = 'csat'
                then (surveys.score - surveys.scale_min)
                    / nullif(surveys.scale_max - surveys.scale_min, 0)
        end) as csat,
        avg(case when surveys.instrument = 'nps' then surveys.score end) as nps
    from {{ ref('int_surveys_accepted') }} as surveys
    inner join {{ ref('fct_interactions') }} as interactions
        on surveys.interaction_id = interactions.interaction_id
    where surveys.responded_at is not null
    group by interactions.customer_id
),

events as (
    select
        customer_id,
        bool_or(event_type in ('churn', 'account_closed')) as has_churned,
        count_if(event_type in (
            {%- for event_type in revenue_types %}
            '{{ event_type }}'{{ "," if not loop.last }}
            {%- endfor %}
        )) as sales
    from {{ ref('int_downstream_events_identified') }}
    where reversed_at is null
    group by customer_id
),

customers as (
    select
        journeys.customer_id,
        cast(date_trunc('quarter', journeys.first_journey_on) as string) as cohort,
        answers.csat,
        journeys.effort,
        journeys.accuracy,
        case when coalesce(events.has_churned, false) then 1e0 else 0e0 end as has_churned,
        case when coalesce(events.sales, 0) >= 2 then 1e0 else 0e0 end as has_bought_again,
        answers.nps
    from journeys
    left join answers on journeys.customer_id = answers.customer_id
    left join events on journeys.customer_id = events.customer_id
),

pairs as (
    {%- for cohort in ["'all'", "substr(cohort, 1, 10)"] %}
    {%- set is_last_cohort = loop.last %}
    {%- for driver in drivers %}
    {%- set is_last_driver = loop.last %}
    {%- for outcome in outcomes %}
    select
        {{ cohort }} as cohort,
        '{{ driver }}' as driver,
        '{{ outcome }}' as outcome,
        {{ driver }} as x,
        {{ outcome }} as y
    from customers
    where {{ driver }} is not null and {{ outcome }} is not null
    {% if not (is_last_cohort and is_last_driver and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
),

correlated as (
    select
        cohort,
        driver,
        outcome,
        cast(count(*) as bigint) as customers,
        {{ correlation('x', 'y') }} as correlation
    from pairs
    group by cohort, driver, outcome
)

select
    cohort,
    driver,
    outcome,
    customers,
    cast(correlation as double) as correlation,
    cast({{ correlation_lower('correlation', 'customers') }} as double) as lower_95,
    cast({{ correlation_upper('correlation', 'customers') }} as double) as upper_95,
    case
        when correlation is null or customers <= 3 then 'not_computable'
        when customers < {{ var('cx_min_n') }} then 'degraded'
        else 'ok'
    end as status
from correlated
