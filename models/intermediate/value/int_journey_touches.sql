{% set actors = ['proactive', 'bot', 'assist', 'agent'] -%}
-- The order within a contact is the order in which actors come in: the notification opens it, the
-- bot greets, the assistant supports the agent.
with contacts as (
    select *
    from {{ ref('fct_contacts') }}
),

attended as (
    select distinct journey_id
    from contacts
    where is_bot_involved or is_human_involved or triggered_by = 'proactive'
),

touches as (
    {%- for actor in actors %}
    select
        journey_id,
        contact_number,
        {{ loop.index }} as actor_order,
        '{{ actor }}' as actor,
        started_at
    from contacts
    where {{ {
        'proactive': "triggered_by = 'proactive'",
        'bot': 'is_bot_involved',
        'assist': 'has_ai_contribution',
        'agent': 'is_human_involved',
    }[actor] }}
    union all
    {%- endfor %}
    select
        contacts.journey_id,
        contacts.contact_number,
        0 as actor_order,
        'nobody' as actor,
        contacts.started_at
    from contacts
    left join attended on contacts.journey_id = attended.journey_id
    where contacts.contact_number = 1 and attended.journey_id is null
)

select
    journey_id,
    actor,
    started_at as touched_at,
    row_number() over (
        partition by journey_id
        order by contact_number asc, actor_order asc
    ) as touch_number,
    count(*) over (partition by journey_id) as touches
from touches
