{% set bins = 10 -%}
-- Answers are weighted by the inverse of their propensity: those who answer stand for the others.
with answered as (
    select
        *,
        1e0 / response_propensity as answer_weight,
        close_probability_4 + close_probability_5 as close_probability_satisfied
    from {{ ref('fct_satisfaction') }}
    where is_answered and score_at_close is not null
),

events as (
    {%- for level in satisfaction_levels() %}
    select
        'score_{{ level }}' as event,
        close_probability_{{ level }} as predicted,
        case when floor(satisfaction + 0.5) = {{ level }} then 1e0 else 0e0 end as observed,
        answer_weight
    from answered
    union all
    {%- endfor %}
    select
        'satisfied' as event,
        close_probability_satisfied as predicted,
        case when floor(satisfaction + 0.5) >= 4 then 1e0 else 0e0 end as observed,
        answer_weight
    from answered
),

binned as (
    select
        event,
        least(cast(floor(predicted * {{ bins }}) as int), {{ bins - 1 }}) as bin,
        count(*) as answers,
        sum(answer_weight) as weight,
        sum(answer_weight * predicted) / sum(answer_weight) as mean_predicted,
        sum(answer_weight * observed) / sum(answer_weight) as observed_share,
        sum(answer_weight * answer_weight) as weight_square_sum,
        sum(answer_weight * power(predicted - observed, 2)) as brier_sum
    from events
    group by event, least(cast(floor(predicted * {{ bins }}) as int), {{ bins - 1 }})
),

summed as (
    select
        event,
        sum(answers) as event_answers,
        sum(brier_sum) / nullif(sum(weight), 0) as brier_score,
        sum(weight * abs(observed_share - mean_predicted)) / nullif(sum(weight), 0)
            as expected_calibration_error
    from binned
    group by event
)

select
    binned.event,
    cast(binned.bin as int) as bin,
    cast(binned.bin / {{ bins }}e0 as double) as bin_from,
    cast((binned.bin + 1) / {{ bins }}e0 as double) as bin_to,
    cast(binned.answers as bigint) as answers,
    cast(binned.mean_predicted as double) as mean_predicted,
    cast(binned.observed_share as double) as observed_share,
    cast({{ wilson_lower_from(
        'binned.observed_share', '(binned.weight * binned.weight / binned.weight_square_sum)', z_95()
    ) }} as double) as lower_95,
    cast({{ wilson_upper_from(
        'binned.observed_share', '(binned.weight * binned.weight / binned.weight_square_sum)', z_95()
    ) }} as double) as upper_95,
    cast(summed.event_answers as bigint) as event_answers,
    cast(summed.expected_calibration_error as double) as expected_calibration_error,
    cast(summed.brier_score as double) as brier_score,
    case when summed.event_answers < {{ var('cx_csat_min_answers') }} then 'degraded' else 'ok' end
        as status
from binned
inner join summed on binned.event = summed.event
