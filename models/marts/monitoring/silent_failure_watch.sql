{% set causes = silent_failure_causes() -%}
-- Contained and back again: intents in which the bot keeps customers from humans and they return.
with journeys as (
    select
        journeys.intent_id,
        journeys.intent_family,
        contained.is_vendor_contained,
        failures.is_silent_failure,
        {%- for cause in causes %}
        failures.has_{{ cause }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_journeys') }} as journeys
    inner join {{ ref('int_journeys_contained') }} as contained
        on journeys.journey_id = contained.journey_id
    left join {{ ref('int_journeys_silently_failed') }} as failures
        on
            journeys.journey_id = failures.journey_id
            and {{ is_watched_success('failures') }}
    where journeys.is_mature
),

counted as (
    select
        intent_id,
        max(intent_family) as intent_family,
        cast(count(*) as double) as journeys,
        cast(count_if(is_vendor_contained) as double) as contained,
        cast(count_if(is_silent_failure is not null) as double) as declared_successes,
        cast(count_if(is_silent_failure) as double) as silent_failures,
        cast(count_if(has_recontact) as double) as recontacts,
        {%- set most -%}
        greatest(
            {%- for cause in causes -%}
            count_if(has_{{ cause }}){{ ", " if not loop.last }}
            {%- endfor -%}
        )
        {%- endset %}
        cast({{ most }} as double) as leading_cause_n,
        case
            when not coalesce(bool_or(is_silent_failure), false) then null
            {%- for cause in causes %}
            when count_if(has_{{ cause }}) = {{ most }} then '{{ cause }}'
            {%- endfor %}
        end as leading_cause
    from journeys
    group by intent_id
),

ranked as (
    {{ empirical_bayes(
        'counted',
        [
            'intent_id', 'journeys', 'contained', 'declared_successes', 'silent_failures',
            'recontacts', 'intent_family', 'leading_cause', 'leading_cause_n',
        ],
        successes='silent_failures',
        n='declared_successes',
    ) | indent(4) }}
),

rated as (
    select
        ranked.*,
        contained / nullif(journeys, 0) as containment,
        sum(contained) over () / nullif(sum(journeys) over (), 0) as overall_containment,
        silent_failures / nullif(declared_successes, 0) as silent_failure_rate,
        {{ wilson_lower('silent_failures', 'declared_successes') }} as silent_failure_lower,
        {{ wilson_upper('silent_failures', 'declared_successes') }} as silent_failure_upper,
        recontacts / nullif(declared_successes, 0) as recontact_rate,
        {{ wilson_lower('recontacts', 'declared_successes') }} as recontact_lower,
        {{ wilson_upper('recontacts', 'declared_successes') }} as recontact_upper,
        sum(recontacts) over () / nullif(sum(declared_successes) over (), 0)
            as overall_recontact_rate
    from ranked
),

-- What happens to comparable customers of the family anyway, in a window as long.
matched as (
    select
        rated.*,
        base_rates.base_rate as matched_base_rate
    from rated
    left join {{ ref('silent_failure_base_rate') }} as base_rates
        on rated.intent_family = base_rates.intent_family and base_rates.cause = 'any'
)

select
    intent_id,
    cast(journeys as bigint) as journeys,
    containment,
    {{ wilson_lower('contained', 'journeys') }} as containment_lower,
    {{ wilson_upper('contained', 'journeys') }} as containment_upper,
    overall_containment,
    cast(declared_successes as bigint) as declared_successes,
    silent_failure_rate,
    silent_failure_lower,
    silent_failure_upper,
    recontact_rate,
    recontact_lower,
    recontact_upper,
    overall_recontact_rate,
    leading_cause,
    leading_cause_n / nullif(silent_failures, 0) as leading_cause_share,
    matched_base_rate,
    eb_value as ranked_rate,
    cast(
        row_number() over (order by eb_value desc nulls last, intent_id asc) as bigint
    ) as watch_rank,
    {{ silent_failure_signal() }} as signal
from matched
