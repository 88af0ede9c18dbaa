-- Segments that may not be analysed: fairness leaves them out, and says so here.
with customers as (
    select
        customer_id,
        segment_type,
        max(case when trim(lawful_basis) <> '' then 1 else 0 end) as has_basis,
        max(case when trim(lawful_basis) <> '' then 0 else 1 end) as lacks_basis
    from {{ ref('int_segments_versioned') }}
    group by customer_id, segment_type
)

select
    segment_type,
    cast(sum(lacks_basis) as bigint) as refused_customers,
    cast(sum(has_basis) as bigint) as accepted_customers,
    case
        when sum(has_basis) = 0
            then 'no lawful basis is recorded: the segment type is not analysed at all'
        else 'no lawful basis is recorded for these customers: the others are analysed'
    end as reason
from customers
group by segment_type
having sum(lacks_basis) > 0
