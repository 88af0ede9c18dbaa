{%- set slice = ['source', 'metric_id', 'slice_dimension', 'slice_value'] -%}
-- A pure function of the data: consecutive signals of a slice are one episode, whenever builds ran.
with signals as (
    select
        signals.*,
        point_number - row_number() over (
            partition by {{ slice | join(', ') }}
            order by point_number asc
        ) as episode
    from {{ ref('int_alert_signals') }} as signals
),

placed as (
    select
        signals.*,
        row_number() over (
            partition by {{ slice | join(', ') }}, episode
            order by point_number desc
        ) as points_from_last,
        row_number() over (
            partition by {{ slice | join(', ') }}, episode
            order by point_number asc
        ) as points_from_first
    from signals
),

episodes as (
    select
        {{ slice | join(',\n        ') }},
        min(seen_on) as first_seen,
        max(seen_on) as last_seen,
        count(*) as points,
        max(case when next_point_on is null then 1 else 0 end) = 1 as is_open,
        max(next_point_on) as next_point_on,
        max(case when points_from_last = 1 then rule_id end) as rule_id,
        max(case when points_from_last = 1 then size end) as size,
        max(abs(size)) as largest_size,
        max(case when points_from_last = 1 then size_unit end) as size_unit,
        max(case when points_from_first = 1 then reason end) as reason
    from placed
    group by {{ slice | join(', ') }}, episode
),

-- A measure of fairness that is no metric of the registry belongs to one.
registered as (
    {{- fairness_metrics_relation() | indent(4) }}
)

select
    -- The pipeline's indicators have no history: one alert each, however far the data reaches.
    episodes.source || ':' || episodes.metric_id || ':' || episodes.slice_dimension || ':'
    || episodes.slice_value
    || case
        when episodes.source = 'pipeline' then '' else ':' || cast(episodes.first_seen as string)
    end
        as alert_id,
    episodes.source,
    episodes.rule_id,
    episodes.metric_id,
    episodes.slice_dimension,
    episodes.slice_value,
    cast(rules.severity as int) as severity,
    episodes.is_open,
    episodes.first_seen,
    episodes.last_seen,
    case when not episodes.is_open then episodes.next_point_on end as ended_on,
    cast(episodes.points as bigint) as points,
    episodes.size,
    episodes.largest_size,
    episodes.size_unit,
    episodes.reason,
    coalesce(rules.owner, glossary.owner) as owner,
    'docs/runbooks.md#' || rules.runbook as runbook
from episodes
inner join {{ ref('alert_rules') }} as rules on episodes.rule_id = rules.rule_id
left join registered on episodes.metric_id = registered.metric_id
left join {{ ref('metric_glossary') }} as glossary
    on coalesce(registered.registry_metric_id, episodes.metric_id) = glossary.metric_id
