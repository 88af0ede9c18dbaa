{{ config(materialized='table') }}

with simulation_rows as (
    {{ json_elements(
        ref('base_tau2__runs'),
        'document',
        '$.simulations',
        ['run_key'],
        'simulation',
        'simulation_position'
    ) }}
),

message_rows as (
    {{ json_elements(
        'simulation_rows',
        'simulation',
        '$.messages',
        ['run_key', 'simulation_position'],
        'message',
        'turn_number'
    ) }}
)

-- the order is the list's: turn_idx and timestamps are absent from some runs, the list never is
select
    run_key || '#' || cast(simulation_position as string) as simulation_key,
    turn_number,
    {{ json_text('message', '$.role') }} as message_role,
    {{ json_text('message', '$.content') }} as content,
    {{ json_text('message', '$.timestamp') }} as message_timestamp,
    {{ json_number('message', '$.cost') }} as cost,
    coalesce(
        {{ json_text('message', '$.usage.prompt_tokens') }},
        {{ json_text('message', '$.usage.input_tokens') }}
    ) as input_tokens,
    coalesce(
        {{ json_text('message', '$.usage.completion_tokens') }},
        {{ json_text('message', '$.usage.output_tokens') }}
    ) as output_tokens,
    nullif({{ json_part('message', '$.tool_calls') }}, cast('[]' as json)) as tool_calls,
    {{ json_text('message', '$.id') }} as tool_call_id,
    {{ json_text('message', '$.error') }} as is_tool_error
from message_rows
