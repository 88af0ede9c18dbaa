{%- set weeks_back = 7 * (var('cx_fairness_weeks') - 1) -%}
{%- set withheld = {'count': var('cx_fairness_suppress_below'), 'rate': var('cx_min_n')} -%}
{%- set estimates = ['difference', 'difference_lower', 'difference_upper', 'ratio', 'ratio_lower',
    'ratio_upper', 'p_value'] -%}
with metrics as (
    {{- fairness_metrics_relation() | indent(4) }}
),

compared as (
    select *
    from {{ ref('int_fairness_compared') }}
    where weeks_ago = 0
),

sizes as (
    select
        cells.metric_id,
        cells.segment_type,
        cells.segment,
        sum(cells.units) as n
    from {{ ref('int_fairness_cells') }} as cells
    inner join (
        select distinct
            metric_id,
            as_of_week_starts_on
        from compared
    ) as latest
        on
            cells.metric_id = latest.metric_id
            and cells.as_of_week_starts_on = latest.as_of_week_starts_on
    group by cells.metric_id, cells.segment_type, cells.segment
),

-- From the smallest up: where one segment is withheld, the next ones are too until those withheld
-- are together enough, or the total less the rest would give it away.
crowded as (
    select
        metric_id,
        segment_type,
        segment,
        n,
        (sum(n) over cells) - n as n_of_smaller_cells,
        min(n) over (partition by metric_id, segment_type) as n_of_smallest_cell
    from sizes
    window cells as (
        partition by metric_id, segment_type
        order by n asc, segment asc
        rows between unbounded preceding and current row
    )
),

segments as (
    select
        metric_id,
        segment_type,
        segment,
        {%- for what, limit in withheld.items() %}
        n < {{ limit }}
        or (n_of_smallest_cell < {{ limit }} and n_of_smaller_cells < {{ limit }})
            as is_{{ what }}_withheld{{ "," if not loop.last }}
        {%- endfor %}
    from crowded
),

shown as (
    select
        compared.*,
        metrics.unit,
        own.is_count_withheld,
        own.is_rate_withheld,
        other.is_count_withheld as is_compared_count_withheld,
        other.is_rate_withheld as is_compared_rate_withheld,
        own.is_rate_withheld or other.is_rate_withheld as is_suppressed
    from compared
    inner join metrics on compared.metric_id = metrics.metric_id
    inner join segments as own
        on
            compared.metric_id = own.metric_id
            and compared.segment_type = own.segment_type
            and compared.segment = own.segment
    inner join segments as other
        on
            compared.metric_id = other.metric_id
            and compared.segment_type = other.segment_type
            and compared.compared_segment = other.segment
)

select
    metric_id,
    segment_type,
    segment,
    compared_to,
    compared_segment,
    cast({{ dbt.dateadd('day', -weeks_back, 'as_of_week_starts_on') }} as date)
        as period_starts_on,
    cast({{ dbt.dateadd('day', 6, 'as_of_week_starts_on') }} as date) as period_ends_on,
    direction_of_good,
    unit,
    cast(case when not is_count_withheld then n end as bigint) as n,
    cast(case when not is_rate_withheld then events end as bigint) as events,
    case when not is_rate_withheld then rate end as rate,
    cast(case when not is_compared_count_withheld then compared_n end as bigint) as compared_n,
    case when not is_compared_rate_withheld then compared_rate end as compared_rate,
    {%- for adjustment in ['crude', 'standardised'] %}
    {%- for estimate in estimates %}
    case when not is_suppressed then {{ adjustment }}_{{ estimate }} end
        as {{ adjustment }}_{{ estimate }},
    {%- endfor %}
    {%- endfor %}
    case when not is_suppressed then q_value end as q_value,
    case when not is_suppressed then breach_q_value end as breach_q_value,
    case when not is_suppressed then overlap end as overlap,
    case
        when not is_suppressed
            then {{ standardisation_effect('crude_ratio', 'standardised_ratio') | indent(12) }}
    end as standardisation_effect,
    case when not is_suppressed then crude_ratio < {{ var('cx_fairness_min_ratio') }} end
        as is_below_four_fifths,
    verdict,
    is_suppressed,
    coalesce(
        insufficient_reason,
        case
            when is_suppressed
                then 'withheld, or a smaller segment would follow from the total'
        end
    ) as status_reason
from shown
