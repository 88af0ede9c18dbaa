{#
    Select statement: rows of the relation (cells) with their proportion shrunk towards the mean of
    all cells, for ranking cells of unequal size. Beta prior by the method of moments
    (Kleinman 1973, weights n): with mu = sum(x) / sum(n), S = sum(n (p - mu)^2),
    A = sum(n) - sum(n^2) / sum(n) and k cells, the intraclass correlation is
    rho = (S - mu (1 - mu) (k - 1)) / (mu (1 - mu) (A - k + 1)), held between 0 and 1;
    eb_weight = n rho / (n rho + 1 - rho), eb_value = eb_weight * p + (1 - eb_weight) * mu.
    Added columns: eb_mean (mu), eb_weight (0 to 1: share of the cell's own data), eb_value.
    Where the cells differ no more than by chance all weights are 0. A single cell, or a mu of 0 or
    1, keeps its own value. Cells without data get mu.

    columns: columns to keep; successes, n: columns; partition_columns: cells that share a prior
#}
{% macro empirical_bayes(relation, columns, successes='num', n='den', partition_columns=[]) %}
    {%- set prior = partition_by(partition_columns) %}
    select
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        eb_mean,
        eb_weight,
        coalesce(eb_weight * eb_raw, 0) + (1 - eb_weight) * eb_mean as eb_value
    from (
        select
            spread.*,
            case
                when eb_raw is null then 0e0
                when eb_rho is null then 1e0
                else coalesce(eb_n * eb_rho / nullif(eb_n * eb_rho + 1 - eb_rho, 0), 1e0)
            end as eb_weight
        from (
            select
                moments.*,
                case
                    when eb_cells > 1 and eb_mean > 0 and eb_mean < 1 and eb_size > eb_cells - 1
                        then least(1e0, greatest(0e0,
                            (sum(eb_n * power(eb_raw - eb_mean, 2)) over ({{ prior }})
                                - eb_mean * (1 - eb_mean) * (eb_cells - 1))
                            / nullif(eb_mean * (1 - eb_mean) * (eb_size - eb_cells + 1), 0)
                        ))
                end as eb_rho
            from (
                select
                    cells_of_prior.*,
                    sum({{ successes }}) over ({{ prior }})
                        / nullif(sum(eb_n) over ({{ prior }}), 0) as eb_mean,
                    sum(eb_n) over ({{ prior }})
                        - sum(eb_n * eb_n) over ({{ prior }})
                            / nullif(sum(eb_n) over ({{ prior }}), 0) as eb_size,
                    count(eb_raw) over ({{ prior }}) as eb_cells
                from (
                    select
                        r.*,
                        cast({{ n }} as double) as eb_n,
                        {{ successes }} / nullif(cast({{ n }} as double), 0) as eb_raw
                    from {{ relation }} as r
                ) as cells_of_prior
            ) as moments
        ) as spread
    ) as weighted
{%- endmacro %}
