{#
    Select statement: two groups compared over strata by Mantel and Haenszel, one row per group_by.
    With n1, x1 units and successes of the group, n0, x0 of the one that it is compared with and
    N = n1 + n0 in a stratum:
    risk_ratio            sum(x1 n0 / N) / sum(x0 n1 / N)
    log_ratio_variance    Greenland and Robins 1985; with one stratum exactly that of Katz 1978
    risk_difference       sum((x1 n0 - x0 n1) / N) / sum(n1 n0 / N)
    difference_variance   Sato 1989, right for few large strata as for many small ones
    odds_ratio            Mantel and Haenszel 1959
    log_odds_variance     Robins, Breslow and Greenland 1986
    cmh_statistic         Cochran-Mantel-Haenszel, no continuity correction; chi-square with 1 df
    p_value               of it, two-sided
    overlap               share of the group's units in strata that the other group has too
    A stratum with one of the groups alone tells nothing and counts in the overlap only. Counts may
    be effective ones (fractions). NULL: where no stratum holds both groups, a variance of a
    logarithm without an event in one of them. Error: rounding; p_value that of normal_p_value.

    relation: one row per group_by and stratum with n1, x1, n0, x0
#}
{% macro mantel_haenszel(relation, group_by) %}
    select
        {%- for name in group_by %}
        {{ name }},
        {%- endfor %}
        sum(mh_a) / nullif(sum(mh_b), 0) as risk_ratio,
        greatest(0e0, sum(mh_pooled)) / nullif(sum(mh_a) * sum(mh_b), 0) as log_ratio_variance,
        (sum(mh_a) - sum(mh_b)) / nullif(sum(mh_weight), 0) as risk_difference,
        greatest(0e0, (
            (sum(mh_a) - sum(mh_b)) * sum(mh_sato_p) / nullif(sum(mh_weight), 0) + sum(mh_sato_q)
        )) / nullif(sum(mh_weight) * sum(mh_weight), 0) as difference_variance,
        sum(mh_r) / nullif(sum(mh_s), 0) as odds_ratio,
        sum(mh_p * mh_r) / nullif(2 * sum(mh_r) * sum(mh_r), 0)
        + sum(mh_p * mh_s + mh_q * mh_r) / nullif(2 * sum(mh_r) * sum(mh_s), 0)
        + sum(mh_q * mh_s) / nullif(2 * sum(mh_s) * sum(mh_s), 0) as log_odds_variance,
        {{ _cmh_statistic() }} as cmh_statistic,
        {{ normal_p_value('sqrt(' ~ _cmh_statistic() ~ ')') }} as p_value,
        sum(case when mh_weight > 0 then mh_n1 else 0 end) / nullif(sum(mh_n1), 0) as overlap
    from (
        select
            mh_strata.*,
            mh_x1 * mh_n0 / mh_n as mh_a,
            mh_x0 * mh_n1 / mh_n as mh_b,
            mh_n1 * mh_n0 / mh_n as mh_weight,
            ((mh_x1 + mh_x0) * mh_n1 * mh_n0 - mh_x1 * mh_x0 * mh_n) / (mh_n * mh_n) as mh_pooled,
            (
                mh_n1 * mh_n1 * mh_x0 - mh_n0 * mh_n0 * mh_x1
                + mh_n1 * mh_n0 * (mh_n0 - mh_n1) / 2
            ) / (mh_n * mh_n) as mh_sato_p,
            (mh_x1 * (mh_n0 - mh_x0) + mh_x0 * (mh_n1 - mh_x1)) / (2 * mh_n) as mh_sato_q,
            (mh_x1 + mh_n0 - mh_x0) / mh_n as mh_p,
            (mh_x0 + mh_n1 - mh_x1) / mh_n as mh_q,
            mh_x1 * (mh_n0 - mh_x0) / mh_n as mh_r,
            mh_x0 * (mh_n1 - mh_x1) / mh_n as mh_s,
            mh_x1 - mh_n1 * (mh_x1 + mh_x0) / mh_n as mh_excess,
            mh_n1 * mh_n0 * (mh_x1 + mh_x0) * (mh_n - mh_x1 - mh_x0)
            / (mh_n * mh_n * nullif(greatest(mh_n - 1, 0), 0)) as mh_excess_variance
        from (
            select
                {%- for name in group_by %}
                {{ name }},
                {%- endfor %}
                cast(n1 as double) as mh_n1,
                cast(x1 as double) as mh_x1,
                cast(n0 as double) as mh_n0,
                cast(x0 as double) as mh_x0,
                cast(n1 + n0 as double) as mh_n
            from {{ relation }}
            where n1 + n0 > 0
        ) as mh_strata
    ) as mh_terms
    {%- if group_by %}
    group by {{ group_by | join(', ') }}
    {%- endif %}
{%- endmacro %}


{% macro _cmh_statistic() -%}
    (sum(case when mh_excess_variance > 0 then mh_excess end)
            * sum(case when mh_excess_variance > 0 then mh_excess end)
            / nullif(sum(mh_excess_variance), 0))
{%- endmacro %}


{#
    Select statement: the same comparison for means: with w = n1 n0 / N in a stratum,
    risk_ratio       sum(w mean1) / sum(w mean0), the ratio of the means standardised to the strata
    risk_difference  sum(w (mean1 - mean0)) / sum(w)
    log_ratio_variance and difference_variance by the delta method from each group's variance within
    strata, pooled over them; p_value from the difference over its standard error, normal.
    NULL variances where no stratum has two units of a group, or a mean is 0.

    relation: one row per group_by and stratum with n1, x1 = sum(x), xx1 = sum(x^2), n0, x0, xx0
#}
{% macro standardised_means(relation, group_by) %}
    select
        {%- for name in group_by %}
        {{ name }},
        {%- endfor %}
        sm_a / nullif(sm_b, 0) as risk_ratio,
        sm_variance_a / nullif(sm_a * sm_a, 0) + sm_variance_b / nullif(sm_b * sm_b, 0)
            as log_ratio_variance,
        (sm_a - sm_b) / nullif(sm_weight, 0) as risk_difference,
        (sm_variance_a + sm_variance_b) / nullif(sm_weight * sm_weight, 0) as difference_variance,
        {{ normal_p_value('((sm_a - sm_b) / nullif(sqrt(sm_variance_a + sm_variance_b), 0))') }}
            as p_value,
        overlap
    from (
        select
            {%- for name in group_by %}
            {{ name }},
            {%- endfor %}
            sum(x1 * n0 / nullif(n1 + n0, 0)) as sm_a,
            sum(x0 * n1 / nullif(n1 + n0, 0)) as sm_b,
            sum(n1 * n0 / nullif(n1 + n0, 0)) as sm_weight,
            {%- for own, other, side in [('1', '0', 'a'), ('0', '1', 'b')] %}
            greatest(0e0, sum(xx{{ own }} - x{{ own }} * x{{ own }} / nullif(n{{ own }}, 0)))
            / nullif(sum(greatest(n{{ own }} - 1, 0)), 0)
            * sum(n{{ own }} * n{{ other }} * n{{ other }} / nullif(power(n1 + n0, 2), 0))
                as sm_variance_{{ side }},
            {%- endfor %}
            sum(case when n1 > 0 and n0 > 0 then n1 else 0 end) / nullif(sum(n1), 0) as overlap
        from (
            select
                {%- for name in group_by %}
                {{ name }},
                {%- endfor %}
                {%- for column in ['n1', 'x1', 'xx1', 'n0', 'x0', 'xx0'] %}
                cast({{ column }} as double) as {{ column }}{{ "," if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        ) as sm_strata
        {%- if group_by %}
        group by {{ group_by | join(', ') }}
        {%- endif %}
    ) as sm_sums
{%- endmacro %}


{#
    Lower and upper limit of a ratio on the logarithmic scale, ratio * exp(-+ critical * se): with
    log_ratio_variance of one stratum the interval of Katz 1978 (each group 100 units or more).
    NULL where the variance is NULL or the ratio 0.
#}
{% macro log_ratio_lower(ratio, log_variance, critical=none) %}
    {{- _log_ratio_limit('-', ratio, log_variance, critical) -}}
{% endmacro %}


{% macro log_ratio_upper(ratio, log_variance, critical=none) %}
    {{- _log_ratio_limit('+', ratio, log_variance, critical) -}}
{% endmacro %}


{% macro _log_ratio_limit(sign, ratio, log_variance, critical) -%}
    case
        when {{ ratio }} > 0 and {{ log_variance }} >= 0
            then {{ ratio }} * exp({{ sign }} {{ critical or z_95() }} * sqrt({{ log_variance }}))
    end
{%- endmacro %}


{#
    What standardising does to a gap, from the ratios before and after it: unchanged (they differ by
    less than 2 %), reverses (the other group is ahead), closes or opens.
#}
{% macro standardisation_effect(crude_ratio, standardised_ratio) -%}
    case
        when {{ crude_ratio }} > 0 and {{ standardised_ratio }} > 0
            then case
                when abs(ln({{ standardised_ratio }} / {{ crude_ratio }})) < 0.02e0 then 'unchanged'
                when sign(ln({{ crude_ratio }})) * sign(ln({{ standardised_ratio }})) < 0
                    then 'reverses'
                when abs(ln({{ standardised_ratio }})) < abs(ln({{ crude_ratio }})) then 'closes'
                else 'opens'
            end
    end
{%- endmacro %}
