{#
    Values, standard errors and 95 % intervals from the additive statistics of metric_daily, summed
    to any grain: n units, w = sum(weight), w2 = sum(weight^2), and with x = weight * numerator,
    d = weight * denominator: num = sum(x), den = sum(d), num2 = sum(x^2), den2 = sum(d^2),
    numden = sum(x d). The columns carry these names; `alias` qualifies them.

    design_effect: an expression or column that multiplies the variance (1 = independent units).
#}
{% macro metric_value(alias=none) %}
    {%- set c = _statistic_columns(alias) -%}
    ({{ c }}num / nullif({{ c }}den, 0))
{%- endmacro %}


{% macro _statistic_columns(alias) %}{{ alias ~ '.' if alias else '' }}{% endmacro %}


{#
    Sum of squared residuals x - value * d, the spread of a ratio's units. Relative error 1e-16 of
    num2, so that sums below 1e-13 * num2 are rounding: has_spread tells.
#}
{% macro residual_square_sum(alias=none) %}
    {%- set c = _statistic_columns(alias) -%}
    {%- set value = metric_value(alias) -%}
    ({{ c }}num2 - {{ value }} * (2 * {{ c }}numden - {{ value }} * {{ c }}den2))
{%- endmacro %}


{% macro has_spread(alias=none) %}
    {{- residual_square_sum(alias) }} > 1e-13 * {{ _statistic_columns(alias) }}num2
{%- endmacro %}


{#
    Standard error of num / den by the delta method (linearisation), with the n / (n - 1)
    correction: sqrt(n / (n - 1) * sum of squared residuals) / den. For an unweighted mean it is
    s / sqrt(n) exactly. Units: those of the value. NULL where n < 2. Source: Cochran 1977, ch. 6.
#}
{% macro ratio_standard_error(alias=none, design_effect='1') %}
    {%- set c = _statistic_columns(alias) -%}
    (sqrt(greatest(0e0, {{ residual_square_sum(alias) }}) * ({{ design_effect }}) * {{ c }}n
        / nullif({{ c }}n - 1, 0)) / nullif(abs({{ c }}den), 0))
{%- endmacro %}


{#
    Kish effective number of units, den^2 / den2 over the design effect: the sample size that
    weights leave. n for units of equal weight and denominator 1.
#}
{% macro kish_sample_size(alias=none, design_effect='1') %}
    {%- set c = _statistic_columns(alias) -%}
    ({{ c }}den * {{ c }}den / nullif({{ c }}den2 * ({{ design_effect }}), 0))
{%- endmacro %}


{#
    Effective sample size of a proportion, p (1 - p) / se^2 without the small-sample correction:
    exactly n for independent unweighted units, less where weights or repeats inflate the variance.
    Kish's size where no spread was seen.
#}
{% macro proportion_sample_size(alias=none, design_effect='1') %}
    {%- set c = _statistic_columns(alias) -%}
    {%- set p = metric_value(alias) -%}
    case
        when {{ has_spread(alias) }}
            then {{ p }} * (1 - {{ p }}) * {{ c }}den * {{ c }}den
                / ({{ residual_square_sum(alias) }} * ({{ design_effect }}))
        else {{ kish_sample_size(alias, design_effect) }}
    end
{%- endmacro %}


{#
    Lower and upper 95 % limit, by the kind in the column (or literal) `kind`:
    proportion  Wilson on the effective sample size; z where units are unweighted and independent
                (then it is the textbook Wilson interval), else t on n - 1;
                no event or only events: the exact one-sided bound, never a width of zero.
    mean        value -+ t(n - 1) * se.
    ratio       the same with the delta-method se; no event at all: 0 to the exact bound on the
                share of units with an event, in units of value (`event_size` is one event's
                numerator, 1000 for a rate per 1,000).
    index       observed less expected over expected: the delta method on the logarithm of their
                ratio, 1 + value. Nothing observed: from -1 to the ratio at which that has a
                probability of 5 % (of a Poisson count, which has a mean of 3 then).
    other kinds NULL. Also NULL: n = 0, and for mean, ratio and index n = 1 or no spread at all.
#}
{% macro interval_lower(kind='kind', alias=none, design_effect='1', event_size='1') %}
    {{- _interval_limit('lower', kind, alias, design_effect, event_size) -}}
{% endmacro %}


{% macro interval_upper(kind='kind', alias=none, design_effect='1', event_size='1') %}
    {{- _interval_limit('upper', kind, alias, design_effect, event_size) -}}
{% endmacro %}


{% macro _interval_limit(side, kind, alias, design_effect, event_size) %}
    {%- set c = _statistic_columns(alias) -%}
    {%- set value = metric_value(alias) -%}
    {%- set kish = kish_sample_size(alias, design_effect) -%}
    {%- set zero = '0e0' if side == 'lower' else exact_zero_upper(kish) -%}
    {%- set all = exact_all_lower(kish) if side == 'lower' else '1e0' -%}
    {%- set critical = _proportion_critical(alias, design_effect) -%}
    {%- set n_eff = proportion_sample_size(alias, design_effect) -%}
    {%- set sign = '-' if side == 'lower' else '+' -%}
    case
        when {{ c }}n is null or {{ c }}n < 1 or {{ value }} is null then null
        when {{ kind }} = 'proportion' and {{ value }} <= 0 then {{ zero }}
        when {{ kind }} = 'proportion' and {{ value }} >= 1 then {{ all }}
        when {{ kind }} = 'proportion'
            then {{ _wilson_limit(sign, value, n_eff, critical) }}
        when {{ kind }} = 'ratio' and {{ c }}num2 = 0
            then {{ zero }} * ({{ event_size }}) * {{ c }}w / {{ c }}den
        when {{ kind }} in ('mean', 'ratio') and {{ has_spread(alias) }}
            then {{ value }} {{ sign }} ({{ t_quantile_975(c ~ 'n - 1') }})
                * {{ ratio_standard_error(alias, design_effect) }}
        when {{ kind }} = 'index' and {{ value }} <= -1
            then {{ '-1e0' if side == 'lower' else '-ln(0.05e0) / ' ~ c ~ 'den - 1' }}
        when {{ kind }} = 'index' and {{ has_spread(alias) }}
            then (1 + {{ value }}) * exp({{ sign }}({{ t_quantile_975(c ~ 'n - 1') }})
                * {{ ratio_standard_error(alias, design_effect) }} / (1 + {{ value }})) - 1
    end
{%- endmacro %}


{#
    A limit of an interval, with the error of a baseline that is itself estimated. The sums num_down
    and num_up say by how much num falls and rises where the baseline lies at the ends of its own
    95 % interval (0: no such baseline).
    index       the two errors are independent and add up by squares, on the logarithm of 1 + value
                (method of variance estimates recovery; Zou and Donner 2008).
    other kinds the same on the value itself where the baseline moves units a little (is_smooth). Else it
                decides on whole units and is one of few values: the interval reaches from the limit at
                the lowest of them to the limit at the highest.

    side: lower or upper. value, limit: columns, the limit that of interval_lower or interval_upper.
    is_smooth: a condition.
#}
{% macro with_baseline_error(
    side, value, limit, kind='kind', alias=none, is_smooth='false'
) %}
    {%- set c = _statistic_columns(alias) -%}
    {%- set sign = '-' if side == 'lower' else '+' -%}
    {%- set shift = c ~ 'num_' ~ ('down' if side == 'lower' else 'up') ~ ' / ' ~ c ~ 'den' -%}
    {%- set shifted -%}
        case
            when {{ is_smooth }}
                then {{ value }} {{ sign }} sqrt(
                    power({{ limit }} - {{ value }}, 2) + power({{ shift }}, 2)
                )
            else {{ limit }} {{ sign }} {{ shift }}
        end
    {%- endset -%}
    case
        when coalesce({{ c }}num_down, 0) = 0 and coalesce({{ c }}num_up, 0) = 0 then {{ limit }}
        when {{ kind }} = 'index' and {{ value }} > -1
            then (1 + {{ value }}) * exp({{ sign }}sqrt(
                power(ln((1 + {{ limit }}) / (1 + {{ value }})), 2)
                + power(ln(1 + {{ c }}num_up / ({{ c }}num + {{ c }}den)), 2)
            )) - 1
        when {{ kind }} = 'proportion' then least(1e0, greatest(0e0, {{ shifted }}))
        else {{ shifted }}
    end
{%- endmacro %}


{% macro _proportion_critical(alias, design_effect) %}
    {%- set c = _statistic_columns(alias) -%}
    case
        when {{ c }}w = {{ c }}n and {{ c }}w2 = {{ c }}n and ({{ design_effect }}) = 1
            and {{ c }}den2 = {{ c }}den
            then {{ z_95() }}
        else {{ t_quantile_975('greatest(' ~ c ~ 'n - 1, 1)') }}
    end
{%- endmacro %}
