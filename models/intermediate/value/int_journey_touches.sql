{% set actors = ['proactive', 'bot', 'assist', 'agent'] -%}
-- The order within a contact is the order in which actors come in: the notification opens it, the
-- bot greets, the assistant supports the agent.
with contacts as (
    select *
    from {{ ref('fct_contacts') }}
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
        journey_id,
        contact_number,
        0 as actor_order,
        'nobody' as actor,
        started_at
    from contacts
    where
        contact_number = 1
        and journey_id not in (
            select journey_id
            from contacts
            where is_bot_involved or is_human_involved or triggered_by = 'proactive'
        )
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
