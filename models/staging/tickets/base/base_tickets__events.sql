{{ config(materialized='table') }}

with log as (
    select
        {{ tickets_columns_by_role() | indent(8) }}
    from {{ tabular_file(var('cx_tickets_path') or 'cx_tickets_path.csv') }}
),

mapping as (
    select
        lower(trim(status)) as status,
        lower(trim(sub_status)) as sub_status,
        event
    from {{ ref('ticket_event_mapping') }}
),

read as (
    select
        log.case_id,
        log.status,
        log.sub_status,
        coalesce(log.group_name, log.line_name, 'unknown') as group_name,
        {{ tickets_line_number('log.line_name', 'log.group_name') }} as line_number,
        log.agent_id,
        coalesce(log.intent_id, 'unspecified') as intent_id,
        log.event_at as event_at_text,
        {{ read_timestamp('log.event_at') }} as event_at,
        coalesce(exact.event, general.event) as event,
        coalesce(
            log.case_id || '/' || log.event_id,
            md5(concat_ws(
                '|', log.case_id, log.event_at, log.status, log.sub_status, log.group_name,
                log.line_name, log.agent_id, log.intent_id
            ))
        ) as source_event_id
    from log
    left join mapping as exact
        on lower(log.status) = exact.status and lower(log.sub_status) = exact.sub_status
    left join mapping as general
        on lower(log.status) = general.status and general.sub_status is null
)

select
    source_event_id,
    case_id,
    event_at,
    event,
    group_name,
    line_number,
    agent_id,
    intent_id,
    event in ('resolved', 'resolved_in_call', 'closed', 'cancelled') as is_completion,
    nullif(concat_ws(
        '; ',
        case when event_at is null and event_at_text is not null then 'time=' || event_at_text end,
        case
            when event is null
                then 'status=' || concat_ws('/', coalesce(status, ''), sub_status)
                    || ' (add it to the seed ticket_event_mapping)'
        end
    ), '') as cast_errors,
    case_id is not null and event_at is not null and event is not null as is_valid
from read
