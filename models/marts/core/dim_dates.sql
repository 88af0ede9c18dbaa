{{ config(materialized='table') }}

with bounds as (
    select
        cast(min(started_at) as date) as first_date,
        cast(max(last_seen_at) as date) as last_date
    from {{ ref('int_interactions_described') }}
),

offsets as (
    {{ dbt.generate_series(5000) | indent(4) }}
)

select
    cast(date_trunc('week', bounds.first_date) as date)
    + cast(offsets.generated_number - 1 as int) as date_day,
    cast(date_trunc('week', cast(date_trunc('week', bounds.first_date) as date)
    + cast(offsets.generated_number - 1 as int)) as date) as week_starts_on,
    cast(date_trunc('month', cast(date_trunc('week', bounds.first_date) as date)
    + cast(offsets.generated_number - 1 as int)) as date) as month_starts_on
from offsets
cross join bounds
where
    cast(date_trunc('week', bounds.first_date) as date)
    + cast(offsets.generated_number - 1 as int) <= bounds.last_date
