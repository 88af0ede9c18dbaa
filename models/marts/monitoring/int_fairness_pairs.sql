{%- set family = ['as_of_week_starts_on', 'metric_id', 'segment_type'] -%}
{%- set sums = ['units', 'events', 'w', 'w2', 'x', 'xx'] -%}
-- Each segment beside the reference, and beside the one that is treated best.
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
)

{%- for compared_to in ['reference', 'best'] %}
select
    {%- for column in family + ['segment', 'kind', 'direction_of_good'] %}
    own.{{ column }},
    {%- endfor %}
    cast('{{ compared_to }}' as string) as compared_to,
    other.segment as compared_segment,
    cast({{ "own.others" if compared_to == "best" else 1 }} as bigint) as looks,
    {%- for side, prefix in {'own': '', 'other': 'compared_'}.items() %}
    {{ side }}.units as {{ prefix }}n,
    {{ side }}.events as {{ prefix }}events,
    {{ side }}.rate as {{ prefix }}rate,
    {{ side }}.scale as {{ prefix }}scale,
    {{ side }}.w * {{ side }}.scale as {{ prefix }}effective_n,
    {{ side }}.x * {{ side }}.scale as {{ prefix }}effective_x,
    {{ side }}.xx * {{ side }}.scale as {{ prefix }}effective_xx,
    {%- endfor %}
    own.floor_value
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
