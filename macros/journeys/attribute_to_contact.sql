{#
    Events of an interaction given to the contact (intent) under way at the time: the latest that had
    started, or the first where the event precedes them all. Events of interactions without a contact
    are left out. Adds contact_id to the relation's columns, and customer_id for a model that is
    incremental by it.
#}
{% macro attribute_to_contact(relation, event_time, by_customer=false) %}
with events as (
    {%- if by_customer %}
    select
        events.*,
        customers.customer_id
    from {{ relation }} as events
    inner join {{ ref('int_interaction_customers') }} as customers
        on events.interaction_id = customers.interaction_id
    where {{ only_affected('customers.customer_id') }}
    {%- else %}
    select *
    from {{ relation }}
    {%- endif %}
),

-- Where an intent is taken up, and taken up again after another one.
contacts as (
    select
        interaction_id,
        intent_id,
        started_at
    from {{ ref('int_contact_phases') }}
    {%- if by_customer %}
    where {{ only_affected_interactions('interaction_id') }}
    {%- endif %}
),

candidates as (
    select
        events.*,
        contacts.interaction_id || '#' || contacts.intent_id as contact_id,
        row_number() over (
            partition by events.source_system, events.source_event_id
            order by
                case when contacts.started_at <= events.{{ event_time }} then 0 else 1 end asc,
                case when contacts.started_at <= events.{{ event_time }} then contacts.started_at end
                desc nulls last,
                contacts.started_at asc,
                contacts.intent_id asc
        ) as contact_rank
    from events
    inner join contacts on events.interaction_id = contacts.interaction_id
)

select *
from candidates
where contact_rank = 1
{% endmacro %}
