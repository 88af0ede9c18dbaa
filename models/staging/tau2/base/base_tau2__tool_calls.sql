with messages as (
    select
        simulation_key,
        turn_number,
        message_role,
        tool_calls,
        tool_call_id,
        is_tool_error
    from {{ ref('base_tau2__messages') }}
),

tool_calls as (
    {{ json_elements(
        'messages',
        'tool_calls',
        '$',
        ['simulation_key', 'turn_number', 'message_role'],
        'tool_call',
        'tool_call_position'
    ) }}
),

failed_calls as (
    select distinct
        simulation_key,
        tool_call_id
    from messages
    where message_role = 'tool' and is_tool_error = 'true' and tool_call_id is not null
),

named_calls as (
    select
        simulation_key,
        turn_number,
        tool_call_position,
        {{ json_text('tool_call', '$.id') }} as tool_call_id,
        coalesce({{ json_text('tool_call', '$.name') }}, 'unnamed') as tool_name,
        coalesce({{ json_text('tool_call', '$.requestor') }}, message_role) as requestor,
        {{ json_text('tool_call', '$.arguments.summary') }} as summary
    from tool_calls
)

select
    named_calls.simulation_key,
    named_calls.turn_number,
    named_calls.tool_call_position,
    named_calls.tool_name,
    named_calls.requestor,
    named_calls.summary,
    {{ tau2_is_transfer_tool('named_calls.tool_name') }}
    and named_calls.requestor = 'assistant' as is_transfer,
    failed_calls.tool_call_id is not null as is_failed
from named_calls
left join failed_calls
    on
        named_calls.simulation_key = failed_calls.simulation_key
        and named_calls.tool_call_id = failed_calls.tool_call_id
