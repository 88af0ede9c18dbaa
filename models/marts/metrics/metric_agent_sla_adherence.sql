with waits as (
    select *
    from {{ ref('int_agent_queue_waits') }}
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
),

joined as (
    select
        contacts.*,
        cast(waits.offered_at as date) as offered_on,
        waits.answered_at is not null and waits.business_wait_seconds <= waits.target_seconds
            as is_within_target,
        coalesce(waits.answered_at, waits.left_at) is not null
        or coalesce(waits.business_wait_seconds > waits.target_seconds, false) as is_final,
        waits.target_seconds is not null as has_target,
        waits.is_short_abandon
    from waits
    inner join contacts on waits.contact_id = contacts.contact_id
)

select
    'agent_sla_adherence' as metric_id,
    {{ contact_dimensions('contact_id', metric_date='offered_on', is_mature='is_final') }},
    has_target as has_evidence,
    case when is_within_target then 1e0 else 0e0 end as numerator,
    1e0 as denominator,
    case
        when not has_target then 0e0
        {%- if var('cx_short_abandons') == 'excluded' %}
        when is_short_abandon then 0e0
        {%- endif %}
        else 1e0
    end as weight
from joined
