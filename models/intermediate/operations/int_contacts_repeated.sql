-- Convention sees one channel at a time; the second window shows what it does not see.
with contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
    where direction = 'inbound'
),

followed as (
    select
        contact_id,
        ended_at,
        lead(started_at) over (
            partition by customer_id, intent_id, channel
            order by started_at asc, contact_id asc
        ) as next_in_channel_at,
        lead(started_at) over (
            partition by customer_id, intent_id
            order by started_at asc, contact_id asc
        ) as next_in_any_channel_at
    from contacts
),

windowed as (
    select
        followed.*,
        {{ add_seconds('ended_at', var('cx_fcr_days') ~ ' * 86400') }} as window_ends_at
    from followed
)

select
    windowed.contact_id,
    windowed.window_ends_at,
    clock.data_clock_at >= windowed.window_ends_at as is_window_over,
    coalesce(windowed.next_in_channel_at <= windowed.window_ends_at, false)
        as is_repeated_in_channel,
    coalesce(windowed.next_in_any_channel_at <= windowed.window_ends_at, false)
        as is_repeated_in_any_channel
from windowed
cross join {{ ref('int_data_clock') }} as clock
