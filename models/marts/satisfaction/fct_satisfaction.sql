with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
    where is_first_in_interaction
),

features as (
    select *
    from {{ ref('int_satisfaction_features') }}
),

predictions as (
    {{ satisfaction_predictions() | indent }}
),

clock as (
    select data_clock_at
    from {{ ref('int_data_clock') }}
),

predicted as (
    select
        predictions.*,
        {{ expected_level(satisfaction_probabilities()) }} as expected_satisfaction,
        {{ expected_level(satisfaction_probabilities('close_')) }} as score_at_close
    from predictions
)

-- Final once the survey is closed and the later_ features are complete.
select
    contacts.interaction_id,
    contacts.customer_id,
    contacts.contact_started_on,
    features.closed_at,
    clock.data_clock_at
    >= {{ add_seconds('features.closed_at', var('cx_survey_answer_days') ~ ' * 86400') }}
        as is_mature,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.interaction_handling_path as handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id,
    features.satisfaction is not null as is_answered,
    cast(features.satisfaction as double) as satisfaction,
    features.answered_at,
    cast(predicted.expected_satisfaction as double) as expected_satisfaction,
    cast(predicted.response_propensity as double) as response_propensity,
    cast({{ pseudo_outcome(
        'features.satisfaction', 'predicted.expected_satisfaction',
        'predicted.response_propensity'
    ) }} as double) as pseudo_outcome,
    {%- for column in satisfaction_probabilities().values() %}
    cast(predicted.{{ column }} as double) as {{ column }},
    {%- endfor %}
    cast(predicted.score_at_close as double) as score_at_close,
    {%- for column in satisfaction_probabilities('close_').values() %}
    cast(predicted.{{ column }} as double) as {{ column }},
    {%- endfor %}
    predicted.close_trained_until,
    predicted.model_version
from contacts
inner join features on contacts.interaction_id = features.interaction_id
left join predicted on contacts.interaction_id = predicted.interaction_id
cross join clock
