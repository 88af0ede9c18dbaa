{% set bins = confidence_bins() -%}
-- How far a stated confidence is the share of right guesses. A fallback states no confidence in an
-- intent and is left out.
with attempts as (
    select
        cast(date_trunc('week', predicted_on) as date) as week_starts_on,
        release_id,
        confidence,
        case when is_correct then 1e0 else 0e0 end as correct,
        {{ confidence_bin('confidence') }} as confidence_bin
    from {{ ref('int_intent_first_attempts') }}
    where confidence is not null and is_correct is not null and not is_fallback
),

scoped as (
    {%- for period, starts_on in {
        'all': "cast('1900-01-01' as date)", 'week': 'week_starts_on'
    }.items() %}
    {%- for release in ["'all'", 'release_id'] %}
    select
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on,
        {{ release }} as release_id,
        confidence_bin,
        confidence,
        correct
    from attempts
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

binned as (
    select
        period,
        period_starts_on,
        release_id,
        confidence_bin,
        count(*) as n,
        avg(confidence) as mean_confidence,
        sum(correct) as correct_n,
        avg(correct) as accuracy
    from scoped
    group by period, period_starts_on, release_id, confidence_bin
),

summed as (
    select
        period,
        period_starts_on,
        release_id,
        sum(n) as scope_n,
        sum(n * abs(accuracy - mean_confidence)) / nullif(cast(sum(n) as double), 0)
            as expected_calibration_error
    from binned
    group by period, period_starts_on, release_id
)

select
    binned.period,
    binned.period_starts_on,
    binned.release_id,
    binned.confidence_bin,
    cast(binned.confidence_bin / {{ bins }}e0 as double) as bin_from,
    cast((binned.confidence_bin + 1) / {{ bins }}e0 as double) as bin_to,
    cast(binned.n as bigint) as n,
    cast(binned.mean_confidence as double) as mean_confidence,
    cast(binned.accuracy as double) as accuracy,
    {{ wilson_lower('binned.correct_n', 'binned.n') }} as lower_95,
    {{ wilson_upper('binned.correct_n', 'binned.n') }} as upper_95,
    cast(binned.mean_confidence - binned.accuracy as double) as overconfidence,
    cast(summed.scope_n as bigint) as scope_n,
    cast(summed.expected_calibration_error as double) as expected_calibration_error,
    case when summed.scope_n < {{ var('cx_min_n') }} then 'degraded' else 'ok' end as status,
    case
        when summed.scope_n < {{ var('cx_min_n') }}
            then 'fewer than {{ var("cx_min_n") }} labelled guesses'
    end as status_reason
from binned
inner join summed
    on
        binned.period = summed.period
        and binned.period_starts_on = summed.period_starts_on
        and binned.release_id = summed.release_id
