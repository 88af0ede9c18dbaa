{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}

-- A build adds the values that differ from what the last one recorded, and never takes one back.
-- Sums add up in another order each time: the last digits of a value are no news.
with published as (
    select
        estimates.metric_id,
        estimates.period,
        estimates.period_starts_on,
        estimates.definition_version,
        estimates.value,
        estimates.lower_95,
        estimates.upper_95,
        estimates.n,
        estimates.status
    from {{ ref('metric_estimates') }} as estimates
    where
        estimates.slice_dimension = 'overall'
        and estimates.period in ('week', 'month')
        and estimates.maturity >= {{ var('cx_min_maturity') }}
)

{%- if is_incremental() %},

recorded as (
    select
        metric_id,
        period,
        period_starts_on,
        definition_version,
        value,
        n,
        status,
        row_number() over (
            partition by metric_id, period, period_starts_on
            order by recorded_at desc
        ) as age
    from {{ this }}
)
{%- endif %}

select
    published.metric_id,
    published.period,
    published.period_starts_on,
    published.definition_version,
    published.value,
    published.lower_95,
    published.upper_95,
    published.n,
    published.status,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp) as recorded_at
from published
{%- if is_incremental() %}
left join recorded
    on
        published.metric_id = recorded.metric_id
        and published.period = recorded.period
        and published.period_starts_on = recorded.period_starts_on
        and recorded.age = 1
where
    recorded.metric_id is null
    or published.definition_version <> recorded.definition_version
    or published.status <> recorded.status
    or published.n <> recorded.n
    or (published.value is null) <> (recorded.value is null)
    or abs(published.value - recorded.value) > 1e-9 * greatest(abs(recorded.value), 1e0)
{%- endif %}
