with late_rows as (
    {%- for table, spec in canonical_tables().items() if spec.get('event_time') %}
    select
        'late_arrival_rate' as indicator,
        source_system,
        '{{ table }}' as detail,
        count_if(
            {{ seconds_between(spec['event_time'], 'ingested_at') }}
            > {{ var('cx_late_arrival_hours') }} * 3600
        ) as affected,
        count({{ spec['event_time'] }}) as total
    from {{ ref('int_' ~ table ~ '_accepted') }}
    group by source_system
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

quarantined as (
    select
        source_system,
        table_name,
        split_part(quarantine_reason, ':', 1) as reason,
        count(*) as affected
    from {{ ref('quarantined_rows') }}
    group by source_system, table_name, split_part(quarantine_reason, ':', 1)
),

rules_broken as (
    select
        source_system,
        table_name,
        count(*) as rules
    from quarantined
    group by source_system, table_name
),

contacts as (
    select
        stitched.journey_id,
        stitched.is_runaway,
        contacts.source_system,
        interactions.ingested_at,
        coalesce(
            {{ seconds_between('contacts.started_at', 'interactions.started_at') }}
            > {{ var('cx_stray_turn_hours') }} * 3600
            or {{ seconds_between('interactions.ended_at', 'contacts.ended_at') }}
            > {{ var('cx_stray_turn_hours') }} * 3600,
            false
        ) as is_stray,
        max(greatest(contacts.window_ends_at, contacts.deadline_at)) over (
            partition by stitched.journey_id
            order by stitched.contact_number asc
            rows between unbounded preceding and 1 preceding
        ) as matured_before_at
    from {{ ref('int_contacts_stitched') }} as stitched
    inner join {{ ref('int_contacts') }} as contacts
        on stitched.contact_id = contacts.contact_id
    inner join {{ ref('int_interactions_described') }} as interactions
        on contacts.interaction_id = interactions.interaction_id
),

journeys as (
    select
        journey_id,
        min(source_system) as source_system,
        bool_or(is_runaway) as is_split,
        bool_or(coalesce(ingested_at > matured_before_at, false)) as is_reopened
    from contacts
    group by journey_id
),

indicators as (
    select * from late_rows
    union all
    select
        'quarantine_rate' as indicator,
        quarantined.source_system,
        quarantined.table_name || ': ' || quarantined.reason as detail,
        quarantined.affected,
        delivered.delivered_rows as total
    from quarantined
    inner join {{ ref('input_reconciliation') }} as delivered
        on
            quarantined.source_system = delivered.source_system
            and quarantined.table_name = delivered.table_name
    union all
    -- Many rules broken a little are one table broken a lot; one rule alone has said it already.
    select
        'quarantine_rate' as indicator,
        delivered.source_system,
        delivered.table_name || ': all rules' as detail,
        delivered.quarantined_rows as affected,
        delivered.delivered_rows as total
    from {{ ref('input_reconciliation') }} as delivered
    left join rules_broken
        on
            delivered.source_system = rules_broken.source_system
            and delivered.table_name = rules_broken.table_name
    where coalesce(rules_broken.rules, 0) <> 1
    {%- for kind in ['split', 'reopened'] %}
    union all
    select
        '{{ kind }}_journey_rate' as indicator,
        source_system,
        'all' as detail,
        count_if(is_{{ kind }}) as affected,
        count(*) as total
    from journeys
    group by source_system
    {%- endfor %}
    union all
    select
        'stray_turn_rate' as indicator,
        source_system,
        'all' as detail,
        count_if(is_stray) as affected,
        count(*) as total
    from contacts
    group by source_system
    union all
    select
        'linkage_rate' as indicator,
        source_system,
        channel as detail,
        sum(linked_interactions) as affected,
        sum(interactions) as total
    from {{ ref('identity_linkage') }}
    group by source_system, channel
),

measured as (
    select
        indicators.*,
        cast(affected as double) / nullif(total, 0) as value,
        cast(case indicator
            when 'late_arrival_rate' then {{ var('cx_max_late_arrival_rate') }}
            when 'quarantine_rate' then {{ var('cx_max_quarantine_rate') }}
            when 'split_journey_rate' then {{ var('cx_max_split_journey_rate') }}
            when 'reopened_journey_rate' then {{ var('cx_max_reopened_journey_rate') }}
            when 'stray_turn_rate' then {{ var('cx_max_stray_turn_rate') }}
            when 'linkage_rate' then {{ var('cx_min_linkage_rate') }}
        end as double) as threshold
    from indicators
    where total > 0
)

select
    indicator || ':' || source_system || ':' || detail as pipeline_health_id,
    indicator,
    source_system,
    detail,
    cast(affected as bigint) as affected,
    cast(total as bigint) as total,
    value,
    threshold,
    case when indicator = 'linkage_rate' then value < threshold else value > threshold end
        as is_breached
from measured
