{#
    Select statement: seconds of each span by the calendar and within service hours, one row a key.
    A channel without service hours is always open. A span without an end has neither.
    Columns: key, calendar_seconds, business_seconds.

    relation: rows of key, channel, starts_at, ends_at (UTC)
#}
{% macro business_seconds(
    relation, key, channel='channel', starts_at='starts_at', ends_at='ends_at'
) %}
    with staffed_channels as (
        select distinct channel
        from {{ ref('int_business_calendar') }}
    ),

    open_spans as (
        select
            spans.{{ key }},
            sum({{ seconds_between(
                'greatest(hours.opens_at, spans.' ~ starts_at ~ ')',
                'least(hours.closes_at, spans.' ~ ends_at ~ ')'
            ) }}) as open_seconds
        from {{ relation }} as spans
        inner join {{ ref('int_business_calendar') }} as hours
            on
                spans.{{ channel }} = hours.channel
                and hours.opens_at < spans.{{ ends_at }}
                and hours.closes_at > spans.{{ starts_at }}
        group by spans.{{ key }}
    )

    select
        spans.{{ key }},
        cast({{ seconds_between('spans.' ~ starts_at, 'spans.' ~ ends_at) }} as double)
            as calendar_seconds,
        cast(case
            when spans.{{ ends_at }} is null then null
            when staffed_channels.channel is null
                then {{ seconds_between('spans.' ~ starts_at, 'spans.' ~ ends_at) }}
            else coalesce(open_spans.open_seconds, 0)
        end as double) as business_seconds
    from {{ relation }} as spans
    left join staffed_channels on spans.{{ channel }} = staffed_channels.channel
    left join open_spans on spans.{{ key }} = open_spans.{{ key }}
{%- endmacro %}
