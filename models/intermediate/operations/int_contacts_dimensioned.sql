with contacts as (
    select *
    from {{ ref('fct_contacts') }}
),

interactions as (
    select
        interaction_id,
        customer_segment
    from {{ ref('fct_interactions') }}
),

located as (
    select
        contacts.*,
        interactions.customer_segment,
        row_number() over (
            partition by contacts.interaction_id
            order by contacts.started_at asc, contacts.contact_id asc
        ) as position_in_interaction,
        bool_or(contacts.is_human_involved) over (partition by contacts.interaction_id)
            as is_human_in_interaction,
        bool_or(contacts.has_ai_contribution) over (partition by contacts.interaction_id)
            as has_ai_contribution_in_interaction
    from contacts
    inner join interactions on contacts.interaction_id = interactions.interaction_id
)

select
    contact_id,
    interaction_id,
    journey_id,
    contact_number,
    customer_id,
    direction,
    started_at,
    ended_at,
    cast(started_at as date) as contact_started_on,
    position_in_interaction = 1 as is_first_in_interaction,
    intent_id,
    channel,
    customer_segment,
    case
        when not is_human_involved then 'automation'
        when has_ai_contribution then 'assisted'
        else 'human_only'
    end as handling_path,
    case
        when not is_human_in_interaction then 'automation'
        when has_ai_contribution_in_interaction then 'assisted'
        else 'human_only'
    end as interaction_handling_path,
    risk_tier,
    complexity,
    release_id
from located
