{#
    Wilson score limit of a proportion, from the proportion, the (effective) sample size and the
    critical value. Written with a = critical^2 / n_eff:
    (p + a/2 -+ sqrt(a (p (1 - p) + a/4))) / (1 + a). Source: Wilson 1927.
    Range: 0 <= p <= 1, n_eff > 0, NULL otherwise; the limits stay in 0 to 1. Error: rounding only.
#}
{% macro wilson_lower_from(p, n_eff, critical) %}
    {{- _wilson_limit('-', p, n_eff, critical) -}}
{% endmacro %}


{% macro wilson_upper_from(p, n_eff, critical) %}
    {{- _wilson_limit('+', p, n_eff, critical) -}}
{% endmacro %}


{% macro _wilson_limit(sign, p, n_eff, critical) %}
    {%- set a = '(power(' ~ critical ~ ', 2) / (' ~ n_eff ~ '))' -%}
    case
        when {{ n_eff }} > 0 and {{ p }} between 0 and 1
            then least(1e0, greatest(0e0, (
                {{ p }} + {{ a }} / 2
                {{ sign }} sqrt({{ a }} * ({{ p }} * (1 - {{ p }}) + {{ a }} / 4))
            ) / (1 + {{ a }})))
    end
{%- endmacro %}


{# 95 % Wilson limits of successes out of n independent trials: 8 of 31 gives 0.1370 to 0.4325. #}
{% macro wilson_lower(successes, n) %}
    {{- wilson_lower_from('(1e0 * ' ~ successes ~ ' / nullif(' ~ n ~ ', 0))', n, z_95()) -}}
{% endmacro %}


{% macro wilson_upper(successes, n) %}
    {{- wilson_upper_from('(1e0 * ' ~ successes ~ ' / nullif(' ~ n ~ ', 0))', n, z_95()) -}}
{% endmacro %}


{#
    Exact one-sided 95 % bounds where no trial, or each trial, was a success (the rule of three,
    about 3 / n): 1 - 0.05^(1/n) above no event in n, and 0.05^(1/n) below n events in n.
    Range: n > 0 (may be an effective sample size), NULL otherwise. Error: rounding only.
#}
{% macro exact_zero_upper(n) %}
    case when {{ n }} > 0 then 1e0 - exp(ln(0.05e0) / ({{ n }})) end
{%- endmacro %}


{% macro exact_all_lower(n) %}
    case when {{ n }} > 0 then exp(ln(0.05e0) / ({{ n }})) end
{%- endmacro %}
