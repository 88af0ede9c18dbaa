{% set dimensions = ['intent_id', 'channel', 'customer_segment', 'handling_path', 'release_id'] -%}
{% set ratios = satisfaction_odds_ratios() -%}
-- Sums that add up to any grain. The pseudo-outcome is computed again for each odds ratio.
with interactions as (
    select *
    from {{ ref('fct_satisfaction') }}
    where is_mature and pseudo_outcome is not null
),

tilted as (
    select
        interactions.*,
        {%- for ratio in ratios %}
        {{ tilted_pseudo_outcome(
            'satisfaction', 'response_propensity', satisfaction_probabilities(), ratio
        ) | indent(8) }} as {{ odds_ratio_name(ratio) }}{{ "," if not loop.last }}
        {%- endfor %}
    from interactions
)

select
    contact_started_on as metric_date,
    {{ dimensions | join(',\n    ') }},
    count(*) as n,
    count(satisfaction) as answers,
    cast(coalesce(sum(satisfaction), 0) as double) as satisfaction_sum,
    cast(sum(expected_satisfaction) as double) as expected_sum,
    cast(sum(pseudo_outcome) as double) as pseudo_sum,
    cast(sum(pseudo_outcome * pseudo_outcome) as double) as pseudo_square_sum,
    {%- for ratio in ratios %}
    cast(sum({{ odds_ratio_name(ratio) }}) as double) as {{ odds_ratio_name(ratio) }}_sum,
    cast(sum(power({{ odds_ratio_name(ratio) }}, 2)) as double)
        as {{ odds_ratio_name(ratio) }}_square_sum{{ "," if not loop.last }}
    {%- endfor %}
from tilted
group by
    contact_started_on,
    {{ dimensions | join(',\n    ') }}
