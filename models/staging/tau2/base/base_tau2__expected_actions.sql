with simulations as (
    select
        simulation_key,
        expected_actions
    from {{ ref('base_tau2__simulations') }}
),

action_rows as (
    {{ json_elements(
        'simulations',
        'expected_actions',
        '$',
        ['simulation_key'],
        'expected_action',
        'action_position'
    ) }}
),

actions as (
    select
        simulation_key,
        action_position,
        coalesce(
            {{ json_text('expected_action', '$.name') }},
            {{ json_text('expected_action', '$.action.name') }}
        ) as tool_name,
        coalesce(
            {{ json_text('expected_action', '$.requestor') }},
            {{ json_text('expected_action', '$.action.requestor') }},
            'assistant'
        ) as requestor
    from action_rows
)

select
    simulation_key,
    action_position,
    tool_name,
    requestor,
    {{ tau2_is_transfer_tool('tool_name') }} as is_transfer,
    not {{ tau2_is_transfer_tool('tool_name') }}
    and not {{ tau2_is_read_tool('tool_name') }} as is_write
from actions
where tool_name is not null
