{#
    Pearson correlation of two columns, an aggregate. Range: -1 to 1; NULL where a column does not
    vary. Error: rounded to twelve decimals, since the last bits of corr() depend on the order of
    the rows: a correlation of exactly 1, which has no limits, must not be one of 1 - 1e-16.
#}
{% macro correlation(x, y) %}
    case
        when {{ _varies(x) }} and {{ _varies(y) }} then round(corr({{ x }}, {{ y }}), 12)
    end
{%- endmacro %}


{# Not by the variance: that of equal values may be noise as well. #}
{% macro _varies(x) -%}
    max({{ x }}) - min({{ x }}) > 1e-9 * greatest(abs(max({{ x }})), abs(min({{ x }})))
{%- endmacro %}


{#
    95 % limits of a Pearson correlation by Fisher's z: tanh(atanh(r) -+ 1.96 / sqrt(n - 3)).
    Range: -1 < r < 1 and n > 3, NULL otherwise. Source: Fisher 1921. Error: rounding only.
#}
{% macro correlation_lower(r, n) %}
    {{- _correlation_limit('-', r, n) -}}
{% endmacro %}


{% macro correlation_upper(r, n) %}
    {{- _correlation_limit('+', r, n) -}}
{% endmacro %}


{% macro _correlation_limit(sign, r, n) %}
    case
        when {{ n }} > 3 and abs({{ r }}) < 1
            then 1e0 - 2e0 / (
                (1e0 + {{ r }}) / (1e0 - {{ r }})
                * exp({{ sign }} 2e0 * {{ z_95() }} / sqrt({{ n }} - 3e0)) + 1e0
            )
    end
{%- endmacro %}
