{# The levels of satisfaction: a distribution has a probability for each. #}
{% macro satisfaction_levels() %}
    {% do return([1, 2, 3, 4, 5]) %}
{% endmacro %}


{# {level: column of its probability}. prefix: '' cross-fitted, 'close_' as of close. #}
{% macro satisfaction_probabilities(prefix='') %}
    {% set columns = {} %}
    {% for level in satisfaction_levels() %}
        {% do columns.update({level: prefix ~ 'probability_' ~ level}) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}


{# Odds ratios, per point of satisfaction, at which the estimate is computed again. #}
{% macro satisfaction_odds_ratios() %}
    {% do return([0.333333, 0.5, 0.666667, 0.8, 1, 1.25, 1.5, 2, 3]) %}
{% endmacro %}


{# Name of the column of an odds ratio: 1.25 is 125, in hundredths. #}
{% macro odds_ratio_name(odds_ratio) -%}
    or_{{ '%03d' | format((odds_ratio * 100) | round | int) }}
{%- endmacro %}


{#
    The predictions of the Python model, or none of them where Python models are off (var
    cx_python_models).
#}
{% macro satisfaction_predictions() -%}
    {%- if var('cx_python_models') -%}
    select *
    from {{ ref('int_satisfaction_predictions') }}
    {%- else -%}
    select
        cast(null as string) as interaction_id,
        cast(null as double) as response_propensity,
        {%- for prefix in ['', 'close_'] %}
        {%- for column in satisfaction_probabilities(prefix).values() %}
        cast(null as double) as {{ column }},
        {%- endfor %}
        {%- endfor %}
        cast(null as double) as training_answers,
        cast(null as double) as close_training_answers,
        cast(null as timestamp) as close_trained_until,
        cast(null as string) as features,
        cast(null as string) as model_version
    where false
    {%- endif -%}
{%- endmacro %}


{#
    The odds ratio at which the estimate crosses a target, by straight lines in its logarithm between
    the odds ratios computed. NULL where it stays on one side over all of them.
    Uses the columns or_<name> of satisfaction_odds_ratios().
#}
{% macro tipping_odds_ratio(target) -%}
    case
    {%- set ratios = satisfaction_odds_ratios() %}
    {%- for ratio in ratios[:-1] %}
        {%- set here = odds_ratio_name(ratio) %}
        {%- set next_ratio = ratios[loop.index] %}
        {%- set there = odds_ratio_name(next_ratio) %}
        when {{ here }} >= {{ target }} and {{ there }} < {{ target }}
            then exp(ln({{ ratio }}e0) + (ln({{ next_ratio }}e0) - ln({{ ratio }}e0))
                * ({{ here }} - {{ target }}) / nullif({{ here }} - {{ there }}, 0))
    {%- endfor %}
    end
{%- endmacro %}
