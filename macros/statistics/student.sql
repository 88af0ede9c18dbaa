{#
    Quantile 97.5 % of Student's t, the critical value of two-sided 95 % intervals of means.
    Formula: ln t is smooth in 1/df, so t = z * exp(polynomial in 1/df), exact at infinity; the
    polynomial is a Chebyshev fit against scipy.stats.t.ppf.
    Range: df >= 1, real, NULL below. Error: absolute, below 7e-7 (12.70620 at df = 1).
#}
{% macro t_quantile_975(df) %}
    {%- set u = '(1e0 / (' ~ df ~ '))' -%}
    case
        when {{ df }} >= 1
            then {{ z_95() }} * exp({{ u }} * (1.2103347044e0 + {{ u }} * (0.7084540453e0 + {{ u }}
                * (0.143535419e0 + {{ u }} * (-0.193366394e0 + {{ u }} * (-0.1712103858e0 + {{ u }}
                * (0.2927844672e0 + {{ u }} * (-0.1490042279e0 + {{ u }} * 0.0276366949e0))))))))
    end
{%- endmacro %}
