with messages as (
    select
        simulation_key,
        turn_number,
        {{ read_timestamp('message_timestamp') }} as sent_at,
        case when message_role = 'assistant' and tool_calls is null then turn_number end
            as reply_number,
        case when message_role = 'user' and tool_calls is null then turn_number end
            as request_number
    from {{ ref('base_tau2__messages') }}
),

paired as (
    select
        simulation_key,
        reply_number,
        sent_at,
        max(request_number) over earlier as last_request_number,
        max(reply_number) over earlier as last_reply_number
    from messages
    window earlier as (
        partition by simulation_key
        order by turn_number
        rows between unbounded preceding and 1 preceding
    )
)

select
    paired.simulation_key,
    paired.reply_number as turn_number,
    {{ seconds_between('requests.sent_at', 'paired.sent_at') }} * 1000 as latency_ms
from paired
inner join messages as requests
    on
        paired.simulation_key = requests.simulation_key
        and paired.last_request_number = requests.turn_number
where
    paired.reply_number is not null
    and paired.last_request_number > coalesce(paired.last_reply_number, -1)
