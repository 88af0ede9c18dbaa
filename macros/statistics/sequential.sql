{#
    Limits that hold at every look: asymptotic confidence sequences for a running estimate with its
    standard error. Waudby-Smith et al., Annals of Statistics 2024 (arXiv 2103.06476), in the form of
    GrowthBook's SequentialTwoSidedTTest. Whoever looks every day and acts on the first limit that is
    crossed is wrong no more often than alpha, where a fixed-horizon interval would be wrong in 28 %
    of 28-day watches.

    standard_error  of the estimate so far (an expression)
    n               units behind it so far, all arms together
    tuning_n        units at which the limits are narrowest: chosen beforehand, never from the data
    alpha           error over all looks together

    rho = sqrt((-2 ln alpha + ln(1 - 2 ln alpha)) / tuning_n) and half-width
    standard_error * sqrt(2 (n rho^2 + 1) / (n rho^2) * ln(sqrt(n rho^2 + 1) / alpha)), one-sided
    with ln(1 + sqrt(n rho^2 + 1) / (2 alpha)) for the last factor.
    NULL where n or the standard error is not positive. Error: rounding only; asymptotic, so that
    arms of fewer than some 30 units or a handful of events should not be judged by it.
#}
{% macro sequential_half_width(standard_error, n, tuning_n, alpha='0.05e0') %}
    {{- _sequential_half_width(
        standard_error, n, tuning_n, alpha,
        'ln(sqrt(' ~ _sequential_scale(n, tuning_n, alpha) ~ ' + 1) / (' ~ alpha ~ '))'
    ) -}}
{% endmacro %}


{% macro sequential_half_width_one_sided(standard_error, n, tuning_n, alpha='0.05e0') %}
    {{- _sequential_half_width(
        standard_error, n, tuning_n, alpha,
        'ln(1e0 + sqrt(' ~ _sequential_scale(n, tuning_n, alpha) ~ ' + 1) / (2 * ' ~ alpha ~ '))'
    ) -}}
{% endmacro %}


{% macro _sequential_half_width(standard_error, n, tuning_n, alpha, log_term) %}
    {%- set scale = _sequential_scale(n, tuning_n, alpha) -%}
    case
        when {{ n }} > 0 and {{ standard_error }} > 0
            then {{ standard_error }} * sqrt(2 * ({{ scale }} + 1) / {{ scale }} * {{ log_term }})
    end
{%- endmacro %}


{# n rho^2 #}
{% macro _sequential_scale(n, tuning_n, alpha) -%}
    ({{ n }} * (-2 * ln({{ alpha }}) + ln(1e0 - 2 * ln({{ alpha }}))) / ({{ tuning_n }}))
{%- endmacro %}


{#
    Non-inferiority of a difference by limits of its advantage (positive = better):
    fail      even the best case is worse than the margin allows
    pass      even the worst case is within the margin
    continue  neither is known yet
    NULL where a limit or the margin is missing.
#}
{% macro non_inferiority_verdict(worst_case, best_case, margin) %}
    case
        when {{ best_case }} < -({{ margin }}) then 'fail'
        when {{ worst_case }} > -({{ margin }}) then 'pass'
        when {{ worst_case }} is not null and {{ best_case }} is not null
            and {{ margin }} is not null then 'continue'
    end
{%- endmacro %}
