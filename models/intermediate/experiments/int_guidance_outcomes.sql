-- Where suggestions carry an arm, each is a unit and its arm was drawn. Elsewhere each contact that
-- an agent handled is one, and whether anything was shown is nobody's draw.
with suggestions as (
    select
        suggestions.*,
        count(arm) over (partition by source_system) > 0 as is_randomised
    from {{ ref('int_suggestions_attributed') }} as suggestions
),

systems as (
    select
        source_system,
        bool_or(is_randomised) as is_randomised
    from suggestions
    group by source_system
),

shown_contacts as (
    select distinct contact_id
    from suggestions
    where displayed_at is not null
),

units as (
    select
        source_system || ':' || suggestion_id as unit_id,
        contact_id,
        true as is_randomised,
        not {{ is_control_arm('arm') }} as is_shown
    from suggestions
    where is_randomised and arm is not null
    union all
    select
        contacts.contact_id as unit_id,
        contacts.contact_id,
        false as is_randomised,
        shown_contacts.contact_id is not null as is_shown
    from {{ ref('fct_contacts') }} as contacts
    inner join systems
        on contacts.source_system = systems.source_system and not systems.is_randomised
    inner join {{ ref('int_contacts_handled') }} as handled
        on contacts.contact_id = handled.contact_id and handled.last_agent_id is not null
    left join shown_contacts on contacts.contact_id = shown_contacts.contact_id
)

select
    units.unit_id,
    units.is_randomised,
    units.is_shown,
    journeys.is_mature,
    journeys.is_confirmed_resolution as is_resolved,
    contacts.contact_id,
    contacts.contact_started_on,
    contacts.customer_id,
    contacts.intent_id,
    contacts.channel,
    contacts.customer_segment,
    contacts.handling_path,
    contacts.risk_tier,
    contacts.complexity,
    contacts.release_id
from units
inner join {{ ref('int_contacts_dimensioned') }} as contacts
    on units.contact_id = contacts.contact_id
inner join {{ ref('fct_journeys') }} as journeys on contacts.journey_id = journeys.journey_id
