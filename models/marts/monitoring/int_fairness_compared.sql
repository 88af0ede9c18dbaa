{%- set pair = ['as_of_week_starts_on', 'metric_id', 'segment_type', 'segment', 'compared_to'] -%}
{%- set estimates = ['ratio', 'ratio_lower', 'ratio_upper', 'difference', 'difference_lower',
    'difference_upper', 'p_value', 'log_error'] -%}
with pairs as (
    select *
    from {{ ref('int_fairness_pairs') }}
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
    from {{ ref('int_fairness_estimates') }}
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
