{% set dimensions = ['intent_id', 'channel', 'customer_segment', 'handling_path', 'release_id'] -%}
{% set ratios = satisfaction_odds_ratios() -%}
{% set low = odds_ratio_name(1.5) -%}
{% set high = odds_ratio_name(0.666667) -%}
{% set keys = ['period', 'period_starts_on', 'slice_dimension', 'slice_value'] -%}
{% set band = [low, odds_ratio_name(1.25), odds_ratio_name(0.8), high] -%}
{% set variance -%}
    greatest(0e0, ({column}_square_sum - {column}_sum * {column}_sum / n) / nullif(n - 1, 0) / n)
{%- endset -%}
with daily as (
    select *
    from {{ ref('int_satisfaction_daily') }}
),

-- The value, its design effect and what has to be suppressed are those of the published metric.
published as (
    select *
    from {{ ref('metric_estimates') }}
    where
        metric_id = 'conversational_csat'
        and period <> 'day'
        and slice_dimension in (
            'overall',
            {%- for dimension in dimensions %}
            '{{ dimension }}'{{ "," if not loop.last }}
            {%- endfor %}
        )
),

design as (
    select design_effect
    from {{ ref('metric_design_effects') }}
    where metric_id = 'conversational_csat'
),

targets as (
    select *
    from {{ ref('metric_targets_resolved') }}
    where metric_id = 'conversational_csat' and risk_tier = 'all' and valid_to is null
),

sliced as (
    {%- for dimension in ['overall'] + dimensions %}
    select
        daily.*,
        '{{ dimension }}' as slice_dimension,
        {{ "'all'" if dimension == 'overall' else dimension }} as slice_value
    from daily
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

dated as (
    {%- for period, starts_on in metric_periods().items() if period != 'day' %}
    select
        sliced.*,
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on
    from sliced
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

summed as (
    select
        period,
        period_starts_on,
        slice_dimension,
        slice_value,
        cast(sum(n) as bigint) as n,
        cast(sum(answers) as bigint) as answers,
        sum(satisfaction_sum) as survey_sum,
        sum(expected_sum) as expected_sum,
        sum(pseudo_sum) as pseudo_sum,
        sum(pseudo_square_sum) as pseudo_square_sum,
        {%- for ratio in ratios %}
        sum({{ odds_ratio_name(ratio) }}_sum) as {{ odds_ratio_name(ratio) }}_sum,
        sum({{ odds_ratio_name(ratio) }}_square_sum)
            as {{ odds_ratio_name(ratio) }}_square_sum{{ "," if not loop.last }}
        {%- endfor %}
    from dated
    group by period, period_starts_on, slice_dimension, slice_value
),

estimated as (
    select
        summed.*,
        targets.target,
        summed.pseudo_sum / summed.n as value,
        summed.expected_sum / summed.n as model_mean,
        summed.survey_sum / nullif(summed.answers, 0) as survey_mean,
        {%- for ratio in ratios %}
        summed.{{ odds_ratio_name(ratio) }}_sum / summed.n as {{ odds_ratio_name(ratio) }},
        {%- endfor %}
        {%- for name in ['pseudo', low, high] %}
        {{ variance | replace('{column}', name) }} * coalesce(design.design_effect, 1)
            as {{ name }}_variance{{ "," if not loop.last }}
        {%- endfor %}
    from summed
    cross join design
    left join targets
        on
            targets.channel
            = case
                when summed.slice_dimension = 'channel' then summed.slice_value else 'all'
            end
),

bounded as (
    select
        estimated.*,
        {{ scale_mean_lower('value', 'pseudo_variance', 'answers', 1, 5) }} as lower_95,
        {{ scale_mean_upper('value', 'pseudo_variance', 'answers', 1, 5) }} as upper_95,
        {%- for side, extreme in {'lower': 'least', 'upper': 'greatest'}.items() %}
        {{ extreme }}(
            value, {{ band | join(', ') }}
        ) as band_{{ side }},
        {%- endfor %}
        {%- for name in [low, high] %}
        {{ scale_mean_lower(name, name ~ '_variance', 'answers', 1, 5) }} as {{ name }}_lower_95,
        {{ scale_mean_upper(name, name ~ '_variance', 'answers', 1, 5) }} as {{ name }}_upper_95,
        {%- endfor %}
        {{ tipping_odds_ratio('target') | indent(8) }} as tipping_odds_ratio
    from estimated
),

judged as (
    select
        published.*,
        case
            when published.value is null then published.status_reason
            when coalesce(bounded.answers, 0) < 2 or bounded.lower_95 is null
                then 'fewer than two answers'
            when bounded.upper_95 - bounded.lower_95 > 2 * {{ var('cx_csat_max_half_width') }}
                then 'the interval is wider than {{ var("cx_csat_max_half_width") }} either way'
        end as not_computable_reason,
        case
            when bounded.answers < {{ var('cx_csat_min_answers') }}
                then 'fewer than {{ var("cx_csat_min_answers") }} answers'
        end as degraded_reason
    from published
    left join bounded
        on {% for column in keys %}published.{{ column }} = bounded.{{ column }}
        {{ "and " if not loop.last }}{% endfor %}
)

select
    {%- for column in keys %}
    judged.{{ column }},
    {%- endfor %}
    cast(case when judged.not_computable_reason is null then bounded.value end as double)
        as value,
    {%- for column in ['lower_95', 'upper_95', 'band_lower', 'band_upper'] %}
    cast(case when judged.not_computable_reason is null then bounded.{{ column }} end as double)
        as {{ column }},
    {%- endfor %}
    {%- for side, extreme in {'lower': 'least', 'upper': 'greatest'}.items() %}
    cast(
        case
            when judged.not_computable_reason is null
                then {{ extreme }}(
                    bounded.{{ side }}_95,
                    bounded.{{ low }}_{{ side }}_95,
                    bounded.{{ high }}_{{ side }}_95
                )
        end as double
    ) as band_{{ side }}_95,
    {%- endfor %}
    cast(bounded.target as double) as target,
    cast(
        case when judged.not_computable_reason is null then bounded.tipping_odds_ratio end as double
    ) as tipping_odds_ratio,
    {%- for column in ['model_mean', 'survey_mean'] %}
    cast(case when judged.value is not null then bounded.{{ column }} end as double)
        as {{ column }},
    {%- endfor %}
    case
        when judged.value is not null then bounded.answers / nullif(cast(bounded.n as double), 0)
    end as response_rate,
    case when judged.value is not null then bounded.answers end as answers,
    judged.n,
    case
        when judged.not_computable_reason is not null then 'not_computable'
        when judged.degraded_reason is not null then 'degraded'
        else 'ok'
    end as status,
    coalesce(judged.not_computable_reason, judged.degraded_reason) as status_reason
from judged
left join bounded
    on {% for column in keys %}judged.{{ column }} = bounded.{{ column }}
    {{ "and " if not loop.last }}{% endfor %}
