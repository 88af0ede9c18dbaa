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
