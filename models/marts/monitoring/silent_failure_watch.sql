-- Contained and back again: intents in which the bot keeps customers from humans and they return.
with journeys as (
    select
        journeys.intent_id,
        journeys.is_human_in_first_contact,
        failures.is_silent_failure,
        failures.has_recontact
    from {{ ref('fct_journeys') }} as journeys
    left join {{ ref('int_journeys_silently_failed') }} as failures
        on
            journeys.journey_id = failures.journey_id
            and failures.is_linkable
            and not failures.is_human_in_declaring_contact
    where journeys.is_mature
),

counted as (
    select
        intent_id,
        cast(count(*) as double) as journeys,
        cast(count_if(not is_human_in_first_contact) as double) as contained,
        cast(count_if(is_silent_failure is not null) as double) as declared_successes,
        cast(count_if(is_silent_failure) as double) as silent_failures,
        cast(count_if(has_recontact) as double) as recontacts
    from journeys
    group by intent_id
),

ranked as (
    {{ empirical_bayes(
        'counted',
        [
            'intent_id', 'journeys', 'contained', 'declared_successes', 'silent_failures',
            'recontacts',
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
    eb_value as ranked_rate,
    row_number() over (order by eb_value desc nulls last, intent_id asc) as watch_rank,
    case
        when declared_successes < {{ var('cx_min_n') }} then 'too few'
        when containment <= overall_containment or recontact_rate <= overall_recontact_rate
            then 'none'
        when recontact_lower > overall_recontact_rate then 'flag'
        else 'watch'
    end as signal
from rated
