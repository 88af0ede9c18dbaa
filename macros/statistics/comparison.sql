{#
    Newcombe's hybrid score limits (method 10) of p1 - p2, two independent proportions with their
    (effective) sample sizes: d - sqrt((p1 - l1)^2 + (u2 - p2)^2), d + sqrt((u1 - p1)^2 + (p2 - l2)^2)
    with Wilson limits l and u. Newcombe 1998. 2788 of 4100 less 2800 of 4000: -0.0401 to 0.0001.
    Range: 0 <= p <= 1, n > 0, NULL otherwise. Error: rounding only.
#}
{% macro proportion_difference_lower(p1, n1, p2, n2) %}
    {{- _newcombe_limit('-', p1, wilson_lower_from(p1, n1, z_95()), p2,
        wilson_upper_from(p2, n2, z_95())) -}}
{% endmacro %}


{% macro proportion_difference_upper(p1, n1, p2, n2) %}
    {{- _newcombe_limit('+', p1, wilson_upper_from(p1, n1, z_95()), p2,
        wilson_lower_from(p2, n2, z_95())) -}}
{% endmacro %}


{% macro _newcombe_limit(sign, p1, limit1, p2, limit2) -%}
    ({{ p1 }} - {{ p2 }} {{ sign }} sqrt(power({{ p1 }} - {{ limit1 }}, 2)
        + power({{ p2 }} - {{ limit2 }}, 2)))
{%- endmacro %}


{#
    Welch-Satterthwaite degrees of freedom of a difference of two means with the squared standard
    errors v1 and v2 of samples of n1 and n2. NULL where a sample is below 2.
#}
{% macro welch_df(v1, n1, v2, n2) -%}
    (power({{ v1 }} + {{ v2 }}, 2) / nullif(
        power({{ v1 }}, 2) / nullif({{ n1 }} - 1, 0)
        + power({{ v2 }}, 2) / nullif({{ n2 }} - 1, 0), 0))
{%- endmacro %}


{#
    Standard error of value1 / value2 - 1 (the relative difference) by the delta method, from the
    values and their standard errors in two independent samples.
#}
{% macro relative_difference_standard_error(value1, se1, value2, se2) -%}
    (sqrt(power(({{ se1 }}) / nullif({{ value2 }}, 0), 2)
        + power({{ value1 }} * ({{ se2 }}) / nullif(power({{ value2 }}, 2), 0), 2)))
{%- endmacro %}


{#
    Tail of the chi-square distribution for 1 to 10 degrees of freedom, p-value of a statistic:
    a finite sum for even degrees, the normal tail and a finite sum for odd ones.
    Source: Abramowitz and Stegun 26.4.4 and 26.4.5. NULL for other degrees and x below 0.
    Error: relative, below 1.3e-7 (that of normal_p_value).
#}
{% macro sample_ratio_p_value(x, df) %}
    case
        when {{ x }} < 0 then null
        {%- for k in range(1, 11) %}
        when {{ df }} = {{ k }} then {{ _chi_square_tail_odd(x, k) if k % 2 else
            _chi_square_tail_even(x, k) }}
        {%- endfor %}
    end
{%- endmacro %}


{% macro _chi_square_tail_even(x, k) %}
    {%- set terms = ['1e0'] -%}
    {%- set factorial = namespace(value=1) -%}
    {%- for r in range(1, k // 2) -%}
        {%- set factorial.value = factorial.value * r -%}
        {%- do terms.append('power((' ~ x ~ ') / 2e0, ' ~ r ~ ') / ' ~ factorial.value) -%}
    {%- endfor -%}
    exp(-({{ x }}) / 2e0) * ({{ terms | join(' + ') }})
{%- endmacro %}


{% macro _chi_square_tail_odd(x, k) %}
    {%- set terms = ['0e0'] -%}
    {%- set product = namespace(value=1) -%}
    {%- for r in range(1, (k + 1) // 2) -%}
        {%- set product.value = product.value * (2 * r - 1) -%}
        {%- do terms.append('power((' ~ x ~ '), ' ~ (r - 0.5) ~ 'e0) / ' ~ product.value) -%}
    {%- endfor -%}
    {{ normal_p_value('sqrt(' ~ x ~ ')') }}
            + 0.7978845608028654e0 * exp(-({{ x }}) / 2e0) * ({{ terms | join(' + ') }})
{%- endmacro %}


{#
    CUPED, Deng et al. 2013: the outcome less theta times what was known before, theta the regression
    slope over both arms together (the joint sample). 0 where nothing varied before.
#}
{% macro cuped_theta(covariance, covariate_variance) -%}
    coalesce(({{ covariance }}) / nullif({{ covariate_variance }}, 0), 0e0)
{%- endmacro %}


{# Variance of the adjusted outcome of one arm, from its own moments and the joint theta. #}
{% macro cuped_variance(variance, covariance, covariate_variance, theta) -%}
    greatest(0e0, ({{ variance }}) + {{ theta }} * ({{ theta }} * ({{ covariate_variance }})
        - 2 * ({{ covariance }})))
{%- endmacro %}


{#
    Squared standard error of num / den of one side of a comparison, from the additive statistics
    with a prefix (such as control_), before design effects: as ratio_standard_error, but of a
    proportion at least what it would be with one success and one failure more: a side that has seen
    no failure yet is not known for certain.
#}
{% macro comparison_variance(alias, kind, prefix='') -%}
    {%- set c = alias ~ '.' ~ prefix -%}
    {%- set value = '(' ~ c ~ 'num / nullif(' ~ c ~ 'den, 0))' -%}
    {%- set size = '(' ~ c ~ 'den * ' ~ c ~ 'den / nullif(' ~ c ~ 'den2, 0))' -%}
    {%- set smoothed = '((' ~ value ~ ' * ' ~ size ~ ' + 1) / (' ~ size ~ ' + 2))' -%}
    greatest(
        greatest(0e0, {{ c }}num2 - {{ value }} * (2 * {{ c }}numden - {{ value }} * {{ c }}den2))
        * {{ c }}n / nullif({{ c }}n - 1, 0) / nullif({{ c }}den * {{ c }}den, 0),
        case
            when {{ kind }} = 'proportion'
                then {{ smoothed }} * (1 - {{ smoothed }}) / nullif({{ size }}, 0)
            else 0e0
        end
    )
{%- endmacro %}
