{%- set family = ['as_of_week_starts_on', 'metric_id', 'segment_type'] -%}
{%- set pair = family + ['segment', 'compared_to'] -%}
{%- set sums = ['units', 'events', 'w', 'w2', 'x', 'xx'] -%}
{%- set estimates = ['ratio', 'ratio_lower', 'ratio_upper', 'difference', 'difference_lower',
    'difference_upper', 'p_value', 'log_error'] -%}
with metrics as (
    {{- fairness_metrics_relation() | indent(4) }}
),

cells as (
    select *
    from {{ ref('int_fairness_cells') }}
),

summed as (
    select
        {{ family | join(',\n        ') }},
        segment,
        min(design_effect) as design_effect,
        {%- for column in sums %}
        sum({{ column }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from cells
    group by {{ family | join(', ') }}, segment
),

-- scale makes counts those of independent units: by Kish, over the design effect of customers.
segments as (
    select
        summed.*,
        metrics.kind,
        metrics.direction_of_good,
        metrics.floor_value,
        summed.w / nullif(summed.w2 * summed.design_effect, 0) as scale,
        summed.x / nullif(summed.w, 0) as rate,
        case when metrics.direction_of_good = 'down' then -1 else 1 end
        * summed.x / nullif(summed.w, 0) as goodness,
        summed.units >= {{ var('cx_min_n') }}
        and (metrics.kind <> 'proportion' or summed.events >= {{ var('cx_fairness_min_events') }})
            as is_comparable,
        case summed.segment_type
        {%- for segment_type, segment in var('cx_fairness_reference').items() %}
            when '{{ segment_type }}'
                then case when summed.segment = '{{ segment }}' then 0 else 1 end
        {%- endfor %}
            when '' then 0
            else 0
        end as preference
    from summed
    inner join metrics on summed.metric_id = metrics.metric_id
),

ranked as (
    select
        segments.*,
        count(*) over (partition by {{ family | join(', ') }}) - 1 as others,
        row_number() over (
            partition by {{ family | join(', ') }}
            order by preference asc, units desc, segment asc
        ) as reference_rank,
        row_number() over (
            partition by {{ family | join(', ') }}
            order by
                case when is_comparable then 0 else 1 end asc,
                goodness desc,
                units desc,
                segment asc
        ) as best_rank
    from segments
),

pairs as (
    {%- for compared_to in ['reference', 'best'] %}
    select
        {%- for column in family + ['segment', 'others', 'kind', 'direction_of_good'] %}
        own.{{ column }},
        {%- endfor %}
        '{{ compared_to }}' as compared_to,
        other.segment as compared_segment,
        own.scale as own_scale,
        other.scale as other_scale,
        own.units as n,
        own.events,
        own.rate,
        own.floor_value,
        other.units as compared_n,
        other.events as compared_events,
        other.rate as compared_rate,
        own.w * own.scale as effective_n,
        other.w * other.scale as compared_effective_n
    from ranked as own
    inner join ranked as other
        on
            {%- for column in family %}
            own.{{ column }} = other.{{ column }} and
            {%- endfor %}
            own.segment <> other.segment
            and other.{{ compared_to }}_rank = 1
            {{- " and other.is_comparable" if compared_to == "best" }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

by_intent as (
    select
        {%- for column in pair + ['kind'] %}
        pairs.{{ column }},
        {%- endfor %}
        {%- for column, source in {'n': 'w', 'x': 'x', 'xx': 'xx'}.items() %}
        own.{{ source }} * pairs.own_scale as {{ column }}1,
        coalesce(other.{{ source }}, 0e0) * pairs.other_scale
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
        {%- for column in pair + ['kind'] %}
        pairs.{{ column }},
        {%- endfor %}
        {%- for column, source in {'n': 'w', 'x': 'x', 'xx': 'xx'}.items() %}
        own.{{ source }} * pairs.own_scale as {{ column }}1,
        other.{{ source }} * pairs.other_scale as {{ column }}0{{ "," if not loop.last }}
        {%- endfor %}
    from pairs
    inner join summed as own
        on
            {%- for column in family %}
            pairs.{{ column }} = own.{{ column }} and
            {%- endfor %}
            pairs.segment = own.segment
    inner join summed as other
        on
            {%- for column in family %}
            pairs.{{ column }} = other.{{ column }} and
            {%- endfor %}
            pairs.compared_segment = other.segment
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
        pairs.direction_of_good,
        pairs.n,
        pairs.rate,
        pairs.effective_n,
        pairs.compared_rate,
        pairs.compared_effective_n,
        case
            when pairs.direction_of_good = 'down' then 1 / nullif(compared.risk_ratio, 0)
            else compared.risk_ratio
        end as ratio,
        case when pairs.compared_to = 'best' then pairs.others else 1 end as looks
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
),

limited as (
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
        risk_difference - critical_value * sqrt(difference_variance)
            as difference_lower,
        risk_difference + critical_value * sqrt(difference_variance)
            as difference_upper,
        case
            when p_value * looks < 1 then p_value * looks
            when p_value >= 0 then 1e0
        end as p_value,
        -- The wider limits of several looks make the test against the limit as strict.
        sqrt(log_ratio_variance) * critical_value / {{ z_95() }} as log_error
    from critical
),

side_by_side as (
    select
        {{ pair | join(',\n        ') }},
        {%- for adjustment in ['crude', 'standardised'] %}
        {%- for column in estimates %}
        max(case when adjustment = '{{ adjustment }}' then {{ column }} end)
            as {{ adjustment }}_{{ column }},
        {%- endfor %}
        {%- endfor %}
        max(case when adjustment = 'standardised' then overlap end) as overlap
    from limited
    group by {{ pair | join(', ') }}
),

judged as (
    select
        side_by_side.*,
        pairs.compared_segment,
        pairs.kind,
        pairs.direction_of_good,
        pairs.n,
        case when pairs.kind = 'proportion' then pairs.events end as events,
        pairs.rate + pairs.floor_value as rate,
        pairs.compared_n,
        case when pairs.kind = 'proportion' then pairs.compared_events end as compared_events,
        pairs.compared_rate + pairs.floor_value as compared_rate,
        case
            when pairs.n < {{ var('cx_min_n') }} or pairs.compared_n < {{ var('cx_min_n') }}
                then 'fewer than {{ var("cx_min_n") }} units'
            when pairs.kind = 'proportion' and least(
                greatest(pairs.events, pairs.n * pairs.compared_rate), pairs.compared_events
            ) < {{ var('cx_fairness_min_events') }}
                then 'fewer than {{ var("cx_fairness_min_events") }} events'
            when side_by_side.standardised_ratio_upper is null
                then 'no intent of both segments varies'
        end as insufficient_reason
    from side_by_side
    inner join pairs
        on
            {%- for column in pair %}
            side_by_side.{{ column }} = pairs.{{ column }}{{ " and" if not loop.last }}
            {%- endfor %}
),

-- The test of the ratio against the limit is one-sided. Weeks are counted back from each metric's
-- latest, so that a family holds what is known of all metrics at a time.
tested as (
    select
        judged.*,
        case
            when insufficient_reason is not null then 'insufficient'
            when standardised_ratio_upper < {{ var('cx_fairness_min_ratio') }} then 'breach'
            when standardised_ratio < {{ var('cx_fairness_min_ratio') }} then 'watch'
            else 'ok'
        end as verdict,
        case when insufficient_reason is null then standardised_p_value end as gap_p_value,
        case
            when insufficient_reason is not null then null
            when standardised_ratio = 0
                then case
                    when standardised_ratio_upper < {{ var('cx_fairness_min_ratio') }} then 0.025e0
                    else 1e0
                end
            else {{ normal_cdf(
                '(ln(standardised_ratio / ' ~ var('cx_fairness_min_ratio') ~ 'e0)'
                ~ ' / nullif(standardised_log_error, 0))'
            ) | indent(12) }}
        end as breach_p_value,
        cast(dense_rank() over (
            partition by metric_id
            order by as_of_week_starts_on desc
        ) - 1 as bigint) as weeks_ago
    from judged
),

gaps_corrected as (
    {{ benjamini_hochberg(
        'tested', pair + ['breach_p_value', 'weeks_ago'], 'gap_p_value',
        ['weeks_ago', 'compared_to'],
    ) | indent(4) }}
),

breaches_corrected as (
    {{ benjamini_hochberg(
        'gaps_corrected', pair + ['q_value'], 'breach_p_value', ['weeks_ago', 'compared_to'],
        'breach_q_value',
    ) | indent(4) }}
)

select
    tested.*,
    breaches_corrected.q_value,
    breaches_corrected.breach_q_value
from tested
inner join breaches_corrected
    on
        {%- for column in pair %}
        tested.{{ column }} = breaches_corrected.{{ column }}{{ " and" if not loop.last }}
        {%- endfor %}
