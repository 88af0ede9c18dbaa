{% set baseline_days = 7 * var('cx_drift_baseline_weeks') -%}
-- Accuracy without labels: a guess is right as often as guesses of its confidence were in the
-- baseline. That sees harder questions, and is blind to a classifier that has become worse at the
-- same ones; so what labels say stands beside it.
with clock as (
    select {{ week_of('data_clock_at') }} as this_week_starts_on
    from {{ ref('int_data_clock') }}
),

guesses as (
    select
        {{ week_of('attempts.predicted_on') }} as week_starts_on,
        attempts.release_id,
        attempts.confidence,
        {{ confidence_bin('attempts.confidence') }} as confidence_bin,
        case when attempts.is_correct then 1e0 when not attempts.is_correct then 0e0 end as correct
    from {{ ref('int_intent_first_attempts') }} as attempts
    inner join clock on attempts.predicted_on < clock.this_week_starts_on
    where attempts.confidence is not null and not attempts.is_fallback
),

baseline as (
    select greatest(min(week_starts_on), {{ drift_baseline_week() }}) as baseline_starts_on
    from guesses
),

calibration as (
    select
        guesses.confidence_bin,
        count(*) as labelled_n,
        sum(guesses.correct) as correct_n
    from guesses
    inner join baseline
        on
            guesses.week_starts_on >= baseline.baseline_starts_on
            and guesses.week_starts_on < baseline.baseline_starts_on + {{ baseline_days }}
    where guesses.correct is not null
    group by guesses.confidence_bin
),

-- The stated confidence counts as one labelled guess: where there are none it is taken at its word.
calibrated as (
    select
        guesses.*,
        baseline.baseline_starts_on,
        coalesce(calibration.labelled_n, 0) as bin_labelled_n,
        (coalesce(calibration.correct_n, 0e0) + guesses.confidence)
        / (coalesce(calibration.labelled_n, 0) + 1) as chance
    from guesses
    inner join baseline
        on guesses.week_starts_on >= baseline.baseline_starts_on + {{ baseline_days }}
    left join calibration on guesses.confidence_bin = calibration.confidence_bin
),

scoped as (
    {%- for release in ["'all'", 'release_id'] %}
    select
        week_starts_on,
        {{ release }} as release_id,
        baseline_starts_on,
        confidence_bin,
        bin_labelled_n,
        count(*) as n,
        sum(confidence) as stated,
        sum(chance) as expected,
        count(correct) as labelled_n,
        sum(correct) as labelled_correct,
        sum(case when correct is not null then chance end) as labelled_expected,
        sum(case when correct is not null then chance * (1 - chance) end) as labelled_variance
    from calibrated
    {%- if not loop.first %}
    where release_id is not null
    {%- endif %}
    group by
        week_starts_on, {{ "release_id, " if not loop.first }}baseline_starts_on, confidence_bin,
        bin_labelled_n
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- The error of the gap: of the labels, and of the bin that all guesses in it share.
summed as (
    select
        week_starts_on,
        release_id,
        baseline_starts_on,
        cast(sum(n) as bigint) as n,
        sum(stated) / sum(n) as stated_accuracy,
        sum(expected) / sum(n) as expected_accuracy,
        cast(sum(labelled_n) as bigint) as labelled_n,
        sum(labelled_correct) as labelled_correct,
        sum(labelled_expected) / nullif(sum(labelled_n), 0) as labelled_expected_accuracy,
        sqrt(sum(labelled_variance * (1 + labelled_n / (bin_labelled_n + 1e0))))
        / nullif(sum(labelled_n), 0) as gap_error
    from scoped
    group by week_starts_on, release_id, baseline_starts_on
),

baseline_labels as (
    select coalesce(sum(labelled_n), 0) as baseline_labelled_n
    from calibration
),

compared as (
    select
        summed.*,
        baseline_labels.baseline_labelled_n,
        summed.labelled_correct / nullif(summed.labelled_n, 0) as labelled_accuracy,
        summed.labelled_correct / nullif(summed.labelled_n, 0)
        - summed.labelled_expected_accuracy as unexplained_gap,
        case
            when summed.n < {{ var('cx_min_n') }} then 'fewer than {{ var("cx_min_n") }} guesses'
            when baseline_labels.baseline_labelled_n < {{ var('cx_min_n') }}
                then 'fewer than {{ var("cx_min_n") }} labelled guesses in the baseline'
        end as status_reason
    from summed
    cross join baseline_labels
)

select
    week_starts_on,
    release_id,
    baseline_starts_on,
    cast(baseline_labelled_n as bigint) as baseline_labelled_n,
    n,
    stated_accuracy,
    expected_accuracy,
    labelled_n,
    labelled_accuracy,
    {{ wilson_lower('labelled_correct', 'labelled_n') }} as lower_95,
    {{ wilson_upper('labelled_correct', 'labelled_n') }} as upper_95,
    labelled_expected_accuracy,
    unexplained_gap,
    unexplained_gap - {{ z_95() }} * gap_error as gap_lower_95,
    unexplained_gap + {{ z_95() }} * gap_error as gap_upper_95,
    case when status_reason is null then 'ok' else 'degraded' end as status,
    status_reason
from compared
