{% set components = effort_components() -%}
with journeys as (
    select *
    from {{ ref('fct_journeys') }}
    where is_bot_involved
),

medians as (
    select
        intent_id,
        percentile_cont(0.5) within group (order by cast(customer_turns as double))
            as median_customer_turns
    from journeys
    where is_mature
    group by intent_id
),

contacts as (
    select
        contacts.journey_id,
        contacts.contact_number,
        contacts.channel,
        lag(contacts.channel) over (
            partition by contacts.journey_id
            order by contacts.contact_number asc
        ) as channel_before,
        contacts.direction = 'inbound' and interactions.parent_interaction_id is null
            as is_by_customer,
        row_number() over (
            partition by contacts.journey_id, contacts.interaction_id
            order by contacts.contact_number asc
        ) > 1 as is_same_interaction,
        coalesce(
            contacts.started_at >= lag(contacts.ended_at) over (
                partition by contacts.journey_id
                order by contacts.contact_number asc
            ),
            true
        ) as is_later
    from {{ ref('fct_contacts') }} as contacts
    inner join {{ ref('int_interactions_described') }} as interactions
        on contacts.interaction_id = interactions.interaction_id
),

-- A contact that another one hands over to, that the company starts, that begins while the one
-- before lasts, or that is a second wish in the same conversation, is no recontact.
moves as (
    select
        journey_id,
        count_if(coalesce(channel <> channel_before, false)) as channel_switches,
        count_if(contact_number > 1 and is_by_customer and is_later and not is_same_interaction)
            as recontacts
    from contacts
    group by journey_id
),

counted as (
    select
        journeys.journey_id,
        greatest(journeys.customer_turns - coalesce(medians.median_customer_turns, 0), 0)
            as extra_turns,
        journeys.clarification_turns as clarifications,
        journeys.repeat_turns as repeats,
        moves.channel_switches,
        journeys.reauthentication_turns as reauthentications,
        moves.recontacts
    from journeys
    inner join moves on journeys.journey_id = moves.journey_id
    left join medians on journeys.intent_id = medians.intent_id
),

weights as (
    {{- effort_component_weights() | indent(4) }}
),

scored as (
    select
        counted.journey_id,
        {%- for component in components %}
        cast(counted.{{ component }} as double) as {{ component }},
        {{ effort_points(component, 'counted', 'weights') }} as {{ component }}_points,
        {%- endfor %}
        weights.total_weight
    from counted
    cross join weights
)

select
    journey_id,
    {%- for component in components %}
    {{ component }},
    {{ component }}_points,
    {%- endfor %}
    {{ effort_total('scored') }} as effort_score
from scored
