-- One row per model: that of the estimate, fitted to all answers in folds, and one per week.
with predictions as (
    {{ satisfaction_predictions() | indent }}
),

satisfaction as (
    select *
    from {{ ref('fct_satisfaction') }}
),

answers as (
    select
        min(answered_at) as trained_from,
        max(answered_at) as trained_until
    from satisfaction
),

purposes as (
    select
        'estimate' as purpose,
        cast('1900-01-01' as date) as week_starts_on,
        predictions.model_version,
        predictions.features,
        predictions.training_answers,
        answers.trained_from,
        answers.trained_until,
        satisfaction.satisfaction,
        satisfaction.expected_satisfaction as predicted,
        satisfaction.response_propensity
    from predictions
    inner join satisfaction on predictions.interaction_id = satisfaction.interaction_id
    cross join answers
    where predictions.training_answers is not null
    union all
    select
        'close' as purpose,
        cast(date_trunc('week', satisfaction.closed_at) as date) as week_starts_on,
        predictions.model_version,
        split_part(predictions.features, ', later_', 1) as features,
        predictions.close_training_answers as training_answers,
        answers.trained_from,
        predictions.close_trained_until as trained_until,
        satisfaction.satisfaction,
        satisfaction.score_at_close as predicted,
        satisfaction.response_propensity
    from predictions
    inner join satisfaction on predictions.interaction_id = satisfaction.interaction_id
    cross join answers
    where predictions.close_training_answers is not null
)

select
    purpose,
    week_starts_on,
    model_version,
    min(trained_from) as trained_from,
    max(trained_until) as trained_until,
    cast(max(training_answers) as bigint) as training_answers,
    features,
    count(*) as scored_interactions,
    count(satisfaction) as test_answers,
    cast(avg(predicted) as double) as mean_predicted,
    cast(avg(satisfaction) as double) as mean_answer,
    cast(avg(predicted - satisfaction) as double) as mean_error,
    cast(sqrt(avg(power(predicted - satisfaction, 2))) as double) as root_mean_square_error,
    cast(min(response_propensity) as double) as smallest_propensity
from purposes
group by purpose, week_starts_on, model_version, features
