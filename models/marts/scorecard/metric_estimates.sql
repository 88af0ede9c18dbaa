with slices as (
    select *
    from {{ ref('metric_slices') }}
),

glossary as (
    select
        metric_id,
        kind,
        unit,
        min_n,
        definition_version
    from {{ ref('metric_glossary') }}
),

availability as (
    select *
    from {{ ref('metric_availability') }}
),

{% set periods = {
    'all': "cast('1900-01-01' as date)",
    'month': "cast(date_trunc('month', metric_date) as date)",
    'week': "cast(date_trunc('week', metric_date) as date)",
    'day': 'metric_date',
} -%}
dated as (
    {%- for period, starts_on in periods.items() %}
    select
        slices.*,
        '{{ period }}' as period,
        {{ starts_on }} as period_starts_on
    from slices
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

summed as (
    select
        metric_id,
        period,
        period_starts_on,
        slice_dimension,
        slice_value,
        sum(case when is_mature then eligible_n else 0 end)
        / nullif(cast(sum(eligible_n) as double), 0) as maturity,
        cast(sum(case when is_mature then eligible_n else 0 end) as bigint) as eligible_n,
        cast(sum(case when is_mature then evidenced_n else 0 end) as bigint) as evidenced_n,
        cast(sum(case when is_mature then n else 0 end) as bigint) as n,
        {%- for column in ['w', 'w2', 'num', 'den', 'num2', 'den2', 'numden'] %}
        sum(case when is_mature then {{ column }} else 0 end) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from dated
    group by metric_id, period, period_starts_on, slice_dimension, slice_value
),

-- A metric without a single unit still has its row: silence about it would read as health.
spined as (
    select
        glossary.metric_id,
        'all' as period,
        cast('1900-01-01' as date) as period_starts_on,
        'overall' as slice_dimension,
        'all' as slice_value
    from glossary
    union
    select
        metric_id,
        period,
        period_starts_on,
        slice_dimension,
        slice_value
    from summed
),

estimated as (
    select
        spined.*,
        glossary.unit,
        glossary.definition_version,
        coalesce(summed.n, 0) as n,
        coalesce(summed.eligible_n, 0) as eligible_n,
        summed.evidenced_n / nullif(cast(summed.eligible_n as double), 0) as coverage,
        summed.maturity,
        {{ metric_value('summed') }} as value,
        {{ interval_lower('glossary.kind', 'summed') }} as lower_95,
        {{ interval_upper('glossary.kind', 'summed') }} as upper_95,
        case
            when availability.missing_required_input is not null
                then 'no ' || availability.missing_required_input
            when coalesce(summed.n, 0) = 0 and summed.maturity = 0 then 'no mature unit yet'
            when coalesce(summed.n, 0) = 0 then 'no unit can be measured'
            when coalesce(summed.den, 0) = 0 then 'the denominator is zero'
        end as not_computable_reason,
        case
            when
                spined.slice_dimension = 'customer_segment'
                and coalesce(summed.n, 0) < {{ var('cx_min_n') }}
                then 'segment of fewer than {{ var("cx_min_n") }} units is suppressed'
        end as suppression_reason,
        case
            when availability.missing_helpful_input is not null
                then 'no ' || availability.missing_helpful_input
            when summed.n < glossary.min_n
                then 'fewer than ' || cast(glossary.min_n as string) || ' units'
            when summed.evidenced_n < {{ var('cx_min_coverage') }} * summed.eligible_n
                then 'evidence for less than {{ (var("cx_min_coverage") * 100) | int }} % of units'
        end as degraded_reason
    from spined
    inner join glossary on spined.metric_id = glossary.metric_id
    inner join availability on spined.metric_id = availability.metric_id
    left join summed
        on
            spined.metric_id = summed.metric_id
            and spined.period = summed.period
            and spined.period_starts_on = summed.period_starts_on
            and spined.slice_dimension = summed.slice_dimension
            and spined.slice_value = summed.slice_value
)

select
    metric_id,
    period,
    period_starts_on,
    slice_dimension,
    slice_value,
    unit,
    definition_version,
    case when not_computable_reason is null and suppression_reason is null then value end
        as value,
    case when not_computable_reason is null and suppression_reason is null then lower_95 end
        as lower_95,
    case when not_computable_reason is null and suppression_reason is null then upper_95 end
        as upper_95,
    case when suppression_reason is null then n end as n,
    case when suppression_reason is null then eligible_n end as eligible_n,
    case when suppression_reason is null then coverage end as coverage,
    maturity,
    case
        when not_computable_reason is not null or suppression_reason is not null
            then 'not_computable'
        when degraded_reason is not null then 'degraded'
        else 'ok'
    end as status,
    coalesce(not_computable_reason, suppression_reason, degraded_reason) as status_reason
from estimated
