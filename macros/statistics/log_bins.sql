{#
    Additive logarithmic bins for durations, so that quantiles can be rolled up: counts per bin add.
    Formula: bin = ceil(ln(value) / ln(gamma)), gamma = (1 + 0.01) / (1 - 0.01): DDSketch with a
    relative accuracy of 1 % (Masson, Rim, Lee 2019). Units: the value's.
    Range: value > 0. Zero and below share the bin -100000, whose value comes out as 0.
    Error of log_bin_value: at most 1 % of any value in the bin.
#}
{% macro log_bin(value) %}
    case
        when {{ value }} > 0 then cast(ceil(ln({{ value }}) / {{ _ln_gamma() }}) as int)
        when {{ value }} <= 0 then -100000
    end
{%- endmacro %}


{% macro log_bin_value(bin) %}
    (2 * exp({{ bin }} * {{ _ln_gamma() }}) / 2.0202020202020203e0)
{%- endmacro %}


{# ln(gamma); gamma + 1 = 2.0202... #}
{% macro _ln_gamma() %}0.020000666706669543e0{% endmacro %}


{#
    Select statement: quantiles of a table of bins, one row per group, with distribution-free 95 %
    limits (the order statistics at n q -+ 1.96 sqrt(n q (1 - q)); NULL where the sample is too
    small to hold them). Columns: group_by, n, and per quantile <name>, <name>_lower, <name>_upper.

    relation: rows of group_by, bin and count (several rows of one bin add up)
    quantiles: {column name: share}, e.g. {'median': 0.5, 'p90': 0.9}
    Definition: the smallest value with at least the share of counts at or below it. Error 1 %.
#}
{% macro log_bin_quantiles(relation, group_by, quantiles, bin='bin', count='n') %}
    select
        {%- for name in group_by %}
        {{ name }},
        {%- endfor %}
        cast(total as double) as n
        {%- for name, q in quantiles.items() %},
        {%- set half = z_95() ~ ' * sqrt(total * ' ~ (q * (1 - q)) ~ ')' %}
        {%- set lower = 'floor(total * ' ~ q ~ ' - ' ~ half ~ ')' %}
        {%- set upper = '(ceil(total * ' ~ q ~ ' + ' ~ half ~ ') + 1)' %}
        min(case when up_to >= total * {{ q }} - 1e-9 then bin_value end) as {{ name }},
        min(case when {{ lower }} >= 1 and up_to >= {{ lower }} then bin_value end)
            as {{ name }}_lower,
        min(case when {{ upper }} <= total and up_to >= {{ upper }} then bin_value end)
            as {{ name }}_upper
        {%- endfor %}
    from (
        select
            {%- for name in group_by %}
            {{ name }},
            {%- endfor %}
            {{ log_bin_value('bin') }} as bin_value,
            sum(n) over ({{ partition_by(group_by) }} order by bin) as up_to,
            sum(n) over ({{ partition_by(group_by) }}) as total
        from (
            select
                {%- for name in group_by %}
                {{ name }},
                {%- endfor %}
                {{ bin }} as bin,
                cast(sum({{ count }}) as double) as n
            from {{ relation }}
            where {{ bin }} is not null
            group by {{ (group_by + [bin]) | join(', ') }}
        ) as bins
    ) as ranked
    group by {{ (group_by + ['total']) | join(', ') }}
{%- endmacro %}


{# `partition by` clause, empty for no columns. #}
{% macro partition_by(columns) %}
    {{- 'partition by ' ~ columns | join(', ') if columns else '' -}}
{% endmacro %}
