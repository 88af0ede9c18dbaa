{#
    Means of everybody from the answers of some, by the doubly robust estimator (augmented inverse
    probability weighting). One pseudo-outcome per unit; its mean, at any grain, is the estimate.
    Sources: Robins, Rotnitzky and Zhao 1994; Chernozhukov et al. 2018.

    answer       the answer, NULL without one
    prediction   what the model expects the unit to answer, in the unit of the answer
    propensity   probability that the unit answers, above 0
    Returns prediction + R / propensity * (answer - prediction), R = 1 with an answer. It may lie
    outside the scale. NULL without a prediction. Error: rounding only.
#}
{% macro pseudo_outcome(answer, prediction, propensity) -%}
    case
        when {{ answer }} is null then {{ prediction }}
        else {{ prediction }} + ({{ answer }} - {{ prediction }}) / nullif({{ propensity }}, 0)
    end
{%- endmacro %}


{# Mean of a predicted distribution. levels: {value: expression of its probability}. #}
{% macro expected_level(levels) -%}
    ({% for level, probability in levels.items() -%}
    {{ "+ " if not loop.first }}{{ level }} * {{ probability }}
    {%- if not loop.last %} {% endif %}{%- endfor %})
{%- endmacro %}


{#
    The pseudo-outcome where who answers depends on the answer itself: one unit more of the answer
    multiplies the odds of answering by odds_ratio, whatever the features (exponential tilting).
    With g = ln(odds_ratio), D = sum of p(k) e^(-g k) and m0 = sum of k p(k) e^(-g k) / D, the
    expected answer of those who do not answer: R y + (1 - R) m0
    + R (1 - propensity) / propensity * e^(-g y) / D * (y - m0). odds_ratio 1 is pseudo_outcome.
    With levels 0 and 1 the last factor is e^(-g) / D^2 * (y - mu). Source: Scharfstein,
    Rotnitzky and Robins 1999.

    answer, propensity as above; levels: {value: expression of its predicted probability}
#}
{% macro tilted_pseudo_outcome(answer, propensity, levels, odds_ratio) -%}
    {%- set log_ratio = 'ln(' ~ odds_ratio ~ 'e0)' -%}
    {%- set total -%}
    ({% for level, probability in levels.items() -%}
    {{ " + " if not loop.first }}{{ probability }} * exp(-{{ log_ratio }} * {{ level }})
    {%- endfor %})
    {%- endset -%}
    {%- set silent_mean -%}
    (({% for level, probability in levels.items() -%}
    {{ " + " if not loop.first }}{{ level }} * {{ probability }} * exp(-{{ log_ratio }} * {{ level }})
    {%- endfor %}) / nullif({{ total }}, 0))
    {%- endset -%}
    case
        when {{ answer }} is null then {{ silent_mean }}
        else {{ answer }} + (1e0 - {{ propensity }}) / nullif({{ propensity }}, 0)
            * exp(-{{ log_ratio }} * {{ answer }}) / nullif({{ total }}, 0)
            * ({{ answer }} - {{ silent_mean }})
    end
{%- endmacro %}


{#
    Lower and upper 95 % limit of a mean of pseudo-outcomes on a scale from low to high: Wilson on
    the effective size share (1 - share) / se^2, where share is the place of the mean on the scale,
    with t on answers - 1 degrees of freedom, since the answers are what the variance comes from.
    NULL where the mean leaves the scale, se is 0 or answers < 2.

    mean, variance_of_mean, answers: expressions or columns; low, high: numbers
#}
{% macro scale_mean_lower(mean, variance_of_mean, answers, low, high) -%}
    {{ _scale_mean_limit('-', mean, variance_of_mean, answers, low, high) }}
{%- endmacro %}


{% macro scale_mean_upper(mean, variance_of_mean, answers, low, high) -%}
    {{ _scale_mean_limit('+', mean, variance_of_mean, answers, low, high) }}
{%- endmacro %}


{% macro _scale_mean_limit(sign, mean, variance_of_mean, answers, low, high) -%}
    {%- set width = (high - low) ~ 'e0' -%}
    {%- set share = '((' ~ mean ~ ' - ' ~ low ~ ') / ' ~ width ~ ')' -%}
    {%- set n_eff = '(' ~ share ~ ' * (1e0 - ' ~ share ~ ') * ' ~ width ~ ' * ' ~ width
        ~ ' / nullif(' ~ variance_of_mean ~ ', 0))' -%}
    {%- set critical = '(' ~ t_quantile_975(answers ~ ' - 1') ~ ')' -%}
    ({{ low }} + {{ width }} * ({{ _wilson_limit(sign, share, n_eff, critical) }}))
{%- endmacro %}
