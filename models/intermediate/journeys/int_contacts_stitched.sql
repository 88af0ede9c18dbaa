{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

-- Windows run over keys and times alone. The running maximum of window ends lets a long or
-- overlapping earlier contact hold the journey open.
with contacts as (
    select
        contact_id,
        customer_id,
        journey_group,
        started_at,
        ended_at,
        window_ends_at
    from {{ ref('int_contacts') }}
    where {{ only_affected('customer_id') }}
),

preceded as (
    select
        contacts.*,
        max(window_ends_at) over (
            partition by customer_id, journey_group
            order by started_at asc, contact_id asc
            rows between unbounded preceding and 1 preceding
        ) as open_until
    from contacts
),

chained as (
    select
        preceded.*,
        sum(case when open_until is null or started_at > open_until then 1 else 0 end) over (
            partition by customer_id, journey_group
            order by started_at asc, contact_id asc
            rows between unbounded preceding and current row
        ) as chain_number
    from preceded
),

bounded as (
    select
        chained.*,
        cast(floor(
            {{ seconds_between(
                'min(started_at) over (partition by customer_id, journey_group, chain_number)',
                'started_at'
            ) }} / ({{ var('cx_journey_max_days') }} * 86400.0)
        ) as bigint) as chain_part
    from chained
)

select
    contact_id,
    customer_id,
    first_value(contact_id) over journey as journey_id,
    row_number() over journey as contact_number,
    row_number() over (
        partition by customer_id, journey_group, chain_number, chain_part
        order by ended_at desc, started_at desc, contact_id desc
    ) = 1 as is_last_to_end,
    max(chain_part) over (
        partition by customer_id, journey_group, chain_number
    ) > 0 as is_runaway
from bounded
window journey as (
    partition by customer_id, journey_group, chain_number, chain_part
    order by started_at asc, contact_id asc
)
