-- Overlapping hours of a channel would count the same second twice.
with spans as (
    select
        channel,
        opens_at,
        lag(closes_at) over (partition by channel order by opens_at, closes_at) as closed_before
    from {{ ref('int_business_calendar') }}
)

select *
from spans
where opens_at < closed_before
