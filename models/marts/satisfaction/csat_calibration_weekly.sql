-- The chart is of the Brier score: it rises when the model no longer fits what customers answer.
with answered as (
    select
        cast(date_trunc('week', closed_at) as date) as week_starts_on,
        satisfaction,
        score_at_close,
        1e0 / response_propensity as answer_weight,
        case when floor(satisfaction + 0.5) >= 4 then 1e0 else 0e0 end as is_satisfied,
        close_probability_4 + close_probability_5 as predicted_satisfied,
        {% for level, column in satisfaction_probabilities('close_').items() %}
        {{- "+ " if not loop.first -}}
        power({{ column }} - case when floor(satisfaction + 0.5) = {{ level }} then 1 else 0 end, 2)
        {% endfor -%}
        as brier
    from {{ ref('fct_satisfaction') }}
    where is_mature and is_answered and score_at_close is not null
),

binned as (
    select
        week_starts_on,
        least(cast(floor(predicted_satisfied * 10) as int), 9) as bin,
        abs(sum(answer_weight * (is_satisfied - predicted_satisfied))) as gap_sum,
        sum(answer_weight) as weight
    from answered
    group by week_starts_on, least(cast(floor(predicted_satisfied * 10) as int), 9)
),

errors as (
    select
        week_starts_on,
        sum(gap_sum) / nullif(sum(weight), 0) as expected_calibration_error
    from binned
    group by week_starts_on
),

weeks as (
    select
        'brier_score' as chart,
        week_starts_on,
        count(*) as answers,
        sum(answer_weight * brier) / nullif(sum(answer_weight), 0) as brier_score,
        sum(answer_weight * (score_at_close - satisfaction)) / nullif(sum(answer_weight), 0)
            as mean_error
    from answered
    group by week_starts_on
),

charted as (
    select *
    from (
        {{ process_chart(
            'weeks', ['chart'], 'week_starts_on', value='brier_score', size='answers',
            kind="'individual'", keep=['answers', 'mean_error'],
        ) | indent(8) }}
    ) as chart
)

select
    charted.week_starts_on,
    cast(charted.answers as bigint) as answers,
    cast(charted.value as double) as brier_score,
    cast(errors.expected_calibration_error as double) as expected_calibration_error,
    cast(charted.mean_error as double) as mean_error,
    cast(charted.centre as double) as centre,
    cast(charted.lower_limit as double) as lower_limit,
    cast(charted.upper_limit as double) as upper_limit,
    charted.is_trial,
    charted.special_cause,
    {{ variation_signal("'down'") }} as variation_signal,
    case when charted.answers < {{ var('cx_csat_min_answers') }} then 'degraded' else 'ok' end
        as status
from charted
inner join errors on charted.week_starts_on = errors.week_starts_on
