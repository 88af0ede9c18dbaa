{%- set shortfalls = {
    'value': 'standardised_ratio',
    'lower_95': 'standardised_ratio_upper',
    'upper_95': 'standardised_ratio_lower',
    'crude_value': 'crude_ratio',
} -%}
-- The largest shortfall of any segment against the one treated best, by measure: how much less of
-- a good thing (or, turned over, how much more of a bad one) it gets, as a share.
with metrics as (
    {{- fairness_metrics_relation() | indent(4) }}
),

gaps as (
    select *
    from {{ ref('fairness_gaps') }}
    where compared_to = 'best' and verdict <> 'insufficient' and not is_suppressed
),

scoped as (
    {%- for segment_type in ["'all'", 'segment_type'] %}
    select
        {{ segment_type }} as scope_segment_type,
        gaps.*
    from gaps
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        scoped.*,
        row_number() over (
            partition by metric_id, scope_segment_type
            order by standardised_ratio asc, n desc, segment_type asc, segment asc
        ) as gap_rank
    from scoped
),

spined as (
    select
        metric_id,
        'all' as scope_segment_type
    from metrics
    union
    select
        metric_id,
        segment_type as scope_segment_type
    from {{ ref('fairness_gaps') }}
)

select
    spined.metric_id,
    spined.scope_segment_type as segment_type,
    ranked.segment_type as worst_segment_type,
    ranked.segment as worst_segment,
    ranked.compared_segment as best_segment,
    ranked.n,
    {%- for name, ratio in shortfalls.items() %}
    case
        when ranked.{{ ratio }} < 1 then 1 - ranked.{{ ratio }}
        when ranked.{{ ratio }} >= 1 then 0e0
    end as {{ name }},
    {%- endfor %}
    ranked.standardised_difference as difference,
    metrics.unit,
    ranked.standardisation_effect,
    ranked.q_value,
    ranked.breach_q_value,
    ranked.verdict,
    case when ranked.metric_id is null then 'not_computable' else 'ok' end as status,
    case
        when ranked.metric_id is null then 'no two segments with a lawful basis and enough units'
    end as status_reason
from spined
inner join metrics on spined.metric_id = metrics.metric_id
left join ranked
    on
        spined.metric_id = ranked.metric_id
        and spined.scope_segment_type = ranked.scope_segment_type
        and ranked.gap_rank = 1
