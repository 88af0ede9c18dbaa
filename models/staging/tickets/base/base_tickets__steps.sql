{{ config(materialized='table') }}

with events as (
    select
        *,
        lag(is_completion) over in_order as is_after_completion,
        lag(group_name) over in_order as previous_group
    from {{ ref('base_tickets__events') }}
    where is_valid
    window in_order as (partition by case_id order by event_at, source_event_id)
),

numbered as (
    select
        *,
        1 + sum(
            case when is_after_completion and not is_completion then 1 else 0 end
        ) over so_far as contact_number,
        1 + sum(
            case
                when group_name <> previous_group
                    or (is_after_completion and not is_completion)
                    then 1
                else 0
            end
        ) over so_far as stint_number
    from events
    window so_far as (
        partition by case_id
        order by event_at, source_event_id
        rows between unbounded preceding and current row
    )
)

select
    source_event_id,
    case_id,
    case
        when contact_number = 1 then case_id
        else case_id || '/' || cast(contact_number as string)
    end as interaction_id,
    cast(contact_number as int) as contact_number,
    cast(stint_number as int) as stint_number,
    cast(dense_rank() over (
        partition by case_id, contact_number
        order by event_at, source_event_id
    ) as int) as turn_number,
    event_at,
    event,
    is_completion,
    group_name,
    line_number,
    agent_id,
    intent_id
from numbered
