{% set causes = silent_failure_causes() -%}
-- What would have happened anyway: the same events per customer-day outside the windows of declared
-- successes, of customers of the same segment and age, for the same family of intents.
with successes as (
    select
        failures.*,
        {{ seconds_between('failures.declared_at', 'failures.watched_until') }} / 86400e0
            as window_days,
        spans.age_band
    from {{ ref('int_journeys_silently_failed') }} as failures
    inner join {{ ref('int_customer_spans') }} as spans
        on
            failures.customer_id = spans.customer_id
            and failures.customer_segment = spans.customer_segment
            and failures.declared_at >= spans.span_from
            and failures.declared_at < spans.span_to
    where failures.is_linkable and failures.is_mature
),

intents as (
    select
        intent_id,
        min(intent_family) as intent_family,
        max(confirming_event_type) as confirming_event_type
    from {{ ref('dim_intents') }}
    group by intent_id
),

happenings as (
    select
        events.customer_id,
        events.occurred_at,
        intents.intent_family,
        {{ silent_failure_cause('events.event_type') | indent(8) }} as cause
    from {{ ref('int_downstream_events_identified') }} as events
    left join intents on events.intent_id = intents.intent_id
    where events.event_type <> coalesce(intents.confirming_event_type, '')
    union all
    -- The contact by which a customer became known is no return, and one that the company started
    -- neither.
    select
        journeys.customer_id,
        journeys.started_at as occurred_at,
        journeys.intent_family,
        'recontact' as cause
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('dim_customers') }} as customers
        on journeys.customer_id = customers.customer_id
    where journeys.started_at > customers.first_seen_at and journeys.triggered_by = 'customer'
),

families as (
    select distinct intent_family
    from successes
),

unexposed as (
    select
        happenings.customer_id,
        happenings.occurred_at,
        happenings.cause,
        families.intent_family
    from happenings
    inner join families
        on coalesce(happenings.intent_family, families.intent_family) = families.intent_family
    left join successes
        on
            happenings.customer_id = successes.customer_id
            and families.intent_family = successes.intent_family
            and happenings.occurred_at > successes.declared_at
            and happenings.occurred_at <= successes.watched_until
    where happenings.cause is not null and successes.journey_id is null
),

base_events as (
    select
        spans.customer_segment,
        spans.age_band,
        unexposed.intent_family,
        {%- for cause in causes %}
        count_if(unexposed.cause = '{{ cause }}')
            as {{ cause }}_events{{ "," if not loop.last }}
        {%- endfor %}
    from unexposed
    inner join {{ ref('int_customer_spans') }} as spans
        on
            unexposed.customer_id = spans.customer_id
            and unexposed.occurred_at >= spans.span_from
            and unexposed.occurred_at < spans.span_to
    group by spans.customer_segment, spans.age_band, unexposed.intent_family
),

known_days as (
    select
        customer_segment,
        age_band,
        sum(span_days) as customer_days
    from {{ ref('int_customer_spans') }}
    group by customer_segment, age_band
),

observed as (
    select
        customer_segment,
        age_band,
        intent_family,
        count(*) as journeys,
        sum(window_days) as exposed_days,
        avg(window_days) as mean_window_days,
        count_if(is_silent_failure) as any_failures,
        {%- for cause in causes %}
        count_if(has_{{ cause }})
            as {{ cause }}_failures{{ "," if not loop.last }}
        {%- endfor %}
    from successes
    group by customer_segment, age_band, intent_family
),

matched as (
    select
        observed.*,
        greatest(known_days.customer_days - observed.exposed_days, 0e0) as base_customer_days,
        {%- for cause in causes %}
        coalesce(base_events.{{ cause }}_events, 0) as {{ cause }}_base_events,
        {%- endfor %}
        {% for cause in causes -%}
        coalesce(base_events.{{ cause }}_events, 0){{ " + " if not loop.last }}
        {%- endfor %} as any_base_events
    from observed
    left join known_days
        on
            observed.customer_segment = known_days.customer_segment
            and observed.age_band = known_days.age_band
    left join base_events
        on
            observed.customer_segment = base_events.customer_segment
            and observed.age_band = base_events.age_band
            and observed.intent_family = base_events.intent_family
),

stacked as (
    {%- for cause in ['any'] + causes %}
    {%- set is_last_cause = loop.last %}
    {%- for family in ['intent_family', "'all'"] %}
    select
        '{{ cause }}' as cause,
        {{ family }} as intent_family,
        journeys,
        {{ cause }}_failures as failures,
        {{ cause }}_base_events as base_events,
        base_customer_days,
        mean_window_days,
        1 - exp(-{{ cause }}_base_events / nullif(base_customer_days, 0) * mean_window_days)
            as base_rate
    from matched
    {% if not (is_last_cause and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}
),

summed as (
    select
        cause,
        intent_family,
        sum(journeys) as journeys,
        sum(failures) as failures,
        sum(failures) / nullif(cast(sum(journeys) as double), 0) as failure_rate,
        sum(journeys * mean_window_days) / nullif(cast(sum(journeys) as double), 0)
            as mean_window_days,
        sum(base_events) as base_events,
        sum(base_customer_days) as base_customer_days,
        sum(journeys * base_rate)
        / nullif(cast(sum(case when base_rate is not null then journeys end) as double), 0)
            as base_rate
    from stacked
    group by cause, intent_family
)

select
    cause,
    intent_family,
    cast(journeys as bigint) as journeys,
    cast(failures as bigint) as failures,
    failure_rate,
    {{ wilson_lower('failures', 'journeys') }} as failure_rate_lower,
    {{ wilson_upper('failures', 'journeys') }} as failure_rate_upper,
    mean_window_days,
    cast(base_events as bigint) as base_events,
    base_customer_days,
    base_rate,
    failure_rate - base_rate as excess_rate
from summed
where journeys >= {{ var('cx_min_n') }}
