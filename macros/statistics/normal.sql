{# Quantile 97.5 % of the standard normal: the critical value of two-sided 95 % intervals. #}
{% macro z_95() %}1.959963984540054e0{% endmacro %}


{#
    Quantile of the standard normal distribution.
    Formula: Acklam's rational approximation (central part, and tails below 0.02425).
    Range: 0 < p < 1, NULL outside. Error: relative, below 1.2e-9.
#}
{% macro normal_quantile(p) %}
    case
        when {{ p }} <= 0 or {{ p }} >= 1 then null
        when {{ p }} < 0.02425e0
            then {{ _normal_quantile_tail('sqrt(-2 * ln(' ~ p ~ '))') }}
        when {{ p }} > 0.97575e0
            then -{{ _normal_quantile_tail('sqrt(-2 * ln(1e0 - ' ~ p ~ '))') }}
        else {{ _normal_quantile_centre('(' ~ p ~ ' - 0.5e0)') }}
    end
{%- endmacro %}


{% macro _normal_quantile_tail(q) %}
    ((((((-7.784894002430293e-03 * {{ q }} - 3.223964580411365e-01) * {{ q }}
        - 2.400758277161838e+00) * {{ q }} - 2.549732539343734e+00) * {{ q }}
        + 4.374664141464968e+00) * {{ q }} + 2.938163982698783e+00)
        / ((((7.784695709041462e-03 * {{ q }} + 3.224671290700398e-01) * {{ q }}
        + 2.445134137142996e+00) * {{ q }} + 3.754408661907416e+00) * {{ q }} + 1e0))
{%- endmacro %}


{% macro _normal_quantile_centre(q) %}
    {%- set r = q ~ ' * ' ~ q -%}
    ((((((-3.969683028665376e+01 * {{ r }} + 2.209460984245205e+02) * {{ r }}
        - 2.759285104469687e+02) * {{ r }} + 1.383577518672690e+02) * {{ r }}
        - 3.066479806614716e+01) * {{ r }} + 2.506628277459239e+00) * {{ q }}
        / (((((-5.447609879822406e+01 * {{ r }} + 1.615858368580409e+02) * {{ r }}
        - 1.556989798598866e+02) * {{ r }} + 6.680131188771972e+01) * {{ r }}
        - 1.328068155288572e+01) * {{ r }} + 1e0))
{%- endmacro %}


{#
    Distribution function of the standard normal.
    Formula: Abramowitz and Stegun 7.1.26 for erf, of x / sqrt(2).
    Error: absolute, below 7.5e-8; for small p-values use normal_p_value.
#}
{% macro normal_cdf(x) %}
    {%- set t = '(1e0 / (1e0 + 0.3275911e0 * abs(' ~ x ~ ') / 1.4142135623730951e0))' -%}
    (0.5e0 + 0.5e0 * sign({{ x }}) * (1e0 - {{ t }} * (0.254829592e0 + {{ t }}
        * (-0.284496736e0 + {{ t }} * (1.421413741e0 + {{ t }}
        * (-1.453152027e0 + {{ t }} * 1.061405429e0)))) * exp(-0.5e0 * {{ x }} * {{ x }})))
{%- endmacro %}


{#
    Two-sided p-value of a standard normal statistic, 2 * (1 - cdf(|z|)), accurate in the tail too.
    Formula: Chebyshev fit of erfc (Press et al., Numerical Recipes, section 6.2).
    Error: relative, below 1.3e-7 as long as the value is above 1e-300.
#}
{% macro normal_p_value(z) %}
    {%- set x = '(abs(' ~ z ~ ') / 1.4142135623730951e0)' -%}
    {%- set t = '(1e0 / (1e0 + 0.5e0 * ' ~ x ~ '))' -%}
    ({{ t }} * exp(-{{ x }} * {{ x }} - 1.26551223e0 + {{ t }} * (1.00002368e0 + {{ t }}
        * (0.37409196e0 + {{ t }} * (0.09678418e0 + {{ t }} * (-0.18628806e0 + {{ t }}
        * (0.27886807e0 + {{ t }} * (-1.13520398e0 + {{ t }} * (1.48851587e0 + {{ t }}
        * (-0.82215223e0 + {{ t }} * 0.17087277e0))))))))))
{%- endmacro %}
