{#
    Select statement: quantiles of durations of which some are censored (the end was not seen), from
    additive counts per log-bin, one row per group. Kaplan-Meier survival; the limits are those of
    Brookmeyer and Crowley 1982 on the log(-log) scale with Greenwood's variance. Without censoring
    the quantile is the smallest value with at least that share of units at or below it.
    Columns: group_by, n, observed_n, censored_n, and per quantile <name>, <name>_lower,
    <name>_upper; a quantile or limit that the curve does not reach is NULL.

    relation: rows of group_by, bin, observed and censored counts (several rows of a bin add up);
    a unit that is censored in a bin is at risk there
    quantiles: {column name: share, or a column of group_by}
    design_effect: multiplies the variance (1 = independent units, or a column of group_by)
    Units: the durations'. Error: 1 %, that of the bins.
#}
{% macro kaplan_meier_quantiles(
    relation, group_by, quantiles, bin='bin', observed='observed_n', censored='censored_n',
    design_effect='1'
) %}
    {%- set by = partition_by(group_by) -%}
    select
        {%- for name in group_by %}
        {{ name }},
        {%- endfor %}
        sum(observed_n + censored_n) as n,
        sum(observed_n) as observed_n,
        sum(censored_n) as censored_n
        {%- for name, q in quantiles.items() %},
        min(case when survival <= 1 - {{ q }} + 1e-9 then bin_value end) as {{ name }},
        min(case when survival_lower <= 1 - {{ q }} then bin_value end) as {{ name }}_lower,
        min(case when survival_upper <= 1 - {{ q }} then bin_value end) as {{ name }}_upper
        {%- endfor %}
    from (
        select
            curve.*,
            {{ log_bin_value('bin') }} as bin_value,
            {{ _log_log_limit('+', design_effect) }} as survival_lower,
            {{ _log_log_limit('-', design_effect) }} as survival_upper
        from (
            select
                risk.*,
                case
                    when min(at_risk - observed_n) over ({{ by }} order by bin) <= 0 then 0e0
                    else exp(sum(case when at_risk > observed_n
                        then ln(1e0 - observed_n / at_risk) else 0e0 end)
                        over ({{ by }} order by bin))
                end as survival,
                sum(case when at_risk > observed_n
                    then observed_n / (at_risk * (at_risk - observed_n)) else 0e0 end)
                    over ({{ by }} order by bin) as greenwood
            from (
                select
                    bins.*,
                    sum(observed_n + censored_n) over ({{ by }} order by bin desc) as at_risk
                from (
                    select
                        {%- for name in group_by %}
                        {{ name }},
                        {%- endfor %}
                        {{ bin }} as bin,
                        cast(sum({{ observed }}) as double) as observed_n,
                        cast(sum({{ censored }}) as double) as censored_n
                    from {{ relation }}
                    where {{ bin }} is not null
                    group by {{ (group_by + [bin]) | join(', ') }}
                ) as bins
                where observed_n + censored_n > 0
            ) as risk
        ) as curve
    ) as limited
    {%- if group_by %}
    group by {{ group_by | join(', ') }}
    {%- endif %}
{%- endmacro %}


{# Limit of the survival on the log(-log) scale; NULL once nobody is left, where it is unknown. #}
{% macro _log_log_limit(sign, design_effect) -%}
    case
        when survival >= 1 then 1e0
        when survival > 0
            then power(survival, exp(
                {{ sign }} {{ z_95() }} * sqrt(greenwood * {{ design_effect }}) / abs(ln(survival))
            ))
    end
{%- endmacro %}
