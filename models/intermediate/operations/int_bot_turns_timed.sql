with turns as (
    select *
    from {{ ref('int_turns_accepted') }}
    where actor_type = 'bot'
),

contacts as (
    select *
    from {{ ref('int_contacts_dimensioned') }}
)

select
    turns.interaction_id || '#' || cast(turns.turn_number as string) as turn_id,
    cast(turns.occurred_at as date) as turn_on,
    contacts.contact_id,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    coalesce(turns.release_id, contacts.release_id) as release_id,
    turns.latency_ms,
    targets.target as target_ms,
    case
        when coalesce(turns.required_facts, 0) = 0 then true
        else turns.delivered_facts >= turns.required_facts
    end as is_complete
from turns
inner join {{ ref('int_turns_attributed') }} as attributed
    on
        turns.interaction_id = attributed.interaction_id
        and turns.turn_number = attributed.turn_number
inner join contacts
    on
        attributed.interaction_id = contacts.interaction_id
        and attributed.intent_id = contacts.intent_id
left join {{ ref('int_sla_targets_versioned') }} as targets
    on
        contacts.channel = targets.channel
        and targets.sla = 'bot_latency_ms'
        and cast(turns.occurred_at as date) >= targets.valid_from
        and cast(turns.occurred_at as date) < coalesce(targets.valid_to, cast('9999-12-31' as date))
