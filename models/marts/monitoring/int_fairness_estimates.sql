{%- set family = ['as_of_week_starts_on', 'metric_id', 'segment_type'] -%}
{%- set pair = family + ['segment', 'compared_to'] -%}
with pairs as (
    select *
    from {{ ref('int_fairness_pairs') }}
),

cells as (
    select *
    from {{ ref('int_fairness_cells') }}
),

by_intent as (
    select
        {%- for column in pair + ['kind'] %}
        pairs.{{ column }},
        {%- endfor %}
        {%- for column, source in {'n': 'w', 'x': 'x', 'xx': 'xx'}.items() %}
        own.{{ source }} * pairs.scale as {{ column }}1,
        coalesce(other.{{ source }}, 0e0) * pairs.compared_scale
            as {{ column }}0{{ "," if not loop.last }}
        {%- endfor %}
    from pairs
    inner join cells as own
        on
            {%- for column in family %}
            pairs.{{ column }} = own.{{ column }} and
            {%- endfor %}
            pairs.segment = own.segment
    left join cells as other
        on
            {%- for column in family %}
            pairs.{{ column }} = other.{{ column }} and
            {%- endfor %}
            pairs.compared_segment = other.segment
            and own.intent_id = other.intent_id
),

strata as (
    select
        'standardised' as adjustment,
        by_intent.*
    from by_intent
    union all
    select
        'crude' as adjustment,
        {{ pair | join(',\n        ') }},
        kind,
        {%- for column in ['n', 'x', 'xx'] %}
        effective_{{ column }} as {{ column }}1,
        compared_effective_{{ column }} as {{ column }}0{{ "," if not loop.last }}
        {%- endfor %}
    from pairs
),

proportions as (
    select *
    from strata
    where kind = 'proportion'
),

means as (
    select *
    from strata
    where kind = 'mean'
),

compared_proportions as (
    {{ mantel_haenszel('proportions', ['adjustment'] + pair) | indent(4) }}
),

compared_means as (
    {{ standardised_means('means', ['adjustment'] + pair) | indent(4) }}
),

compared as (
    {%- for relation in ['compared_proportions', 'compared_means'] %}
    select
        adjustment,
        {{ pair | join(',\n        ') }},
        risk_ratio,
        log_ratio_variance,
        risk_difference,
        difference_variance,
        p_value,
        overlap
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- A ratio below 1 is always the worse treatment: where low is good it is turned over. The best of
-- several is found by looking, so its limits and p-values allow for as many looks (Bonferroni).
turned as (
    select
        compared.*,
        pairs.effective_n,
        pairs.compared_rate,
        pairs.compared_effective_n,
        pairs.looks,
        case
            when pairs.direction_of_good = 'down' then 1 / nullif(compared.risk_ratio, 0)
            else compared.risk_ratio
        end as ratio
    from compared
    inner join pairs
        on
            {%- for column in pair %}
            compared.{{ column }} = pairs.{{ column }}{{ " and" if not loop.last }}
            {%- endfor %}
),

critical as (
    select
        turned.*,
        case
            when looks <= 1 then {{ z_95() }}
            else {{ normal_quantile('(1e0 - 0.025e0 / looks)') | indent(12) }}
        end as critical_value
    from turned
)

select
    adjustment,
    {{ pair | join(',\n        ') }},
    overlap,
    ratio,
    {{ log_ratio_lower('ratio', 'log_ratio_variance', 'critical_value') | indent(8) }}
        as ratio_lower,
    -- Without an event in the segment the upper limit is the exact one of its rate, over the
    -- lower limit of the other's.
    case
        when ratio = 0
            then {{ exact_zero_upper('effective_n') | indent(16) }}
                / nullif({{ wilson_lower('(compared_rate * compared_effective_n)',
                    'compared_effective_n') | indent(20) }}, 0)
        else {{ log_ratio_upper('ratio', 'log_ratio_variance', 'critical_value') | indent(12) }}
    end as ratio_upper,
    risk_difference as difference,
    risk_difference - critical_value * sqrt(difference_variance) as difference_lower,
    risk_difference + critical_value * sqrt(difference_variance) as difference_upper,
    case
        when p_value * looks < 1 then p_value * looks
        when p_value >= 0 then 1e0
    end as p_value,
    -- The wider limits of several looks make the test against the limit as strict.
    sqrt(log_ratio_variance) * critical_value / {{ z_95() }} as log_error
from critical
