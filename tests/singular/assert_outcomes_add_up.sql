-- Exhaustive and exclusive: every journey has one outcome of the ladder, so the shares add up to 1.
with shares as (
    select
        outcome,
        count(*) / nullif(cast(sum(count(*)) over () as double), 0) as share
    from {{ ref('fct_journeys') }}
    group by outcome
)

select sum(share) as total_share
from shares
where
    outcome in (
        'open', 'forced_termination', 'escalated', 'abandoned', 'resolved', 'ambiguous'
    )
having abs(sum(share) - 1) > 1e-9
