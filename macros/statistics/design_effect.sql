{#
    Select statement: one row per metric, the spread of its ratio with clusters (customers) as the
    independent units over that with single units, never below 1:
    deff = [k / (k - 1) * sum of squared cluster residuals] / [n / (n - 1) * sum of squared residuals],
    residual = x - value * d. Columns: id, n (units), clusters, design_effect (1 where there is no
    spread). Source: Kish 1965; linearisation as in ratio_standard_error.

    relation: one row per metric and cluster with units, x = sum(x), d = sum(d), x2 = sum(x^2),
    d2 = sum(d^2), xd = sum(x d) over its units
#}
{% macro design_effects(relation, id='metric_id') %}
    {%- set value = '(sum(x) / nullif(sum(d), 0))' -%}
    select
        {{ id }},
        sum(units) as n,
        count(*) as clusters,
        greatest(1e0, coalesce(
            (sum(x * x) - {{ value }} * (2 * sum(x * d) - {{ value }} * sum(d * d)))
            * count(*) / nullif(count(*) - 1, 0)
            / nullif(
                (sum(x2) - {{ value }} * (2 * sum(xd) - {{ value }} * sum(d2)))
                * sum(units) / nullif(sum(units) - 1, 0),
                0
            ),
            1e0
        )) as design_effect
    from {{ relation }}
    group by {{ id }}
{%- endmacro %}
