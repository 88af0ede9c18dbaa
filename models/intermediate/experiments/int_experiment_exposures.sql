-- The contacts that belong to each unit: what its arm could change (from its assignment on), and
-- for CUPED what was over and known before. An agent's contacts are those that they handled last.
with units as (
    select *
    from {{ ref('int_experiment_units') }}
    where arms = 1
),

contacts as (
    select
        contacts.contact_id,
        contacts.interaction_id,
        contacts.journey_id,
        contacts.customer_id,
        contacts.started_at,
        journeys.started_at as journey_started_at,
        journeys.matures_at
    from {{ ref('fct_contacts') }} as contacts
    inner join {{ ref('fct_journeys') }} as journeys on contacts.journey_id = journeys.journey_id
),

suggestions as (
    select
        source_system || ':' || suggestion_id as suggestion_id,
        contact_id
    from {{ ref('int_suggestions_attributed') }}
),

identifiers as (
    select distinct
        id_value,
        customer_id
    from {{ ref('int_identifier_customers') }}
),

-- A customer is assigned by an identifier of theirs, or by their id in this project.
customers as (
    select
        units.experiment_id,
        units.unit_id,
        coalesce(min(identifiers.customer_id), units.unit_id) as customer_id
    from units
    left join identifiers on units.unit_id = identifiers.id_value
    where units.unit_type = 'customer'
    group by units.experiment_id, units.unit_id
),

-- Contacts that carry a unit, whenever they were.
carried as (
    select
        units.*,
        contacts.contact_id
    from units
    inner join contacts on units.unit_id = contacts.interaction_id
    where units.unit_type = 'interaction'
    union all
    select
        units.*,
        suggestions.contact_id
    from units
    inner join suggestions on units.unit_id = suggestions.suggestion_id
    where units.unit_type = 'suggestion'
    union all
    select
        units.*,
        contacts.contact_id
    from units
    inner join customers
        on units.experiment_id = customers.experiment_id and units.unit_id = customers.unit_id
    inner join contacts on customers.customer_id = contacts.customer_id
    where units.unit_type = 'customer'
    union all
    select
        units.*,
        handled.contact_id
    from units
    inner join {{ ref('int_contacts_handled') }} as handled on units.unit_id = handled.last_agent_id
    where units.unit_type = 'agent'
),

timed as (
    select
        carried.experiment_id,
        carried.unit_id,
        carried.unit_type,
        contacts.contact_id,
        contacts.journey_id,
        contacts.customer_id,
        carried.unit_type in ('interaction', 'suggestion')
        or carried.assigned_at <= contacts.journey_started_at as is_treated,
        carried.assigned_at >= contacts.matures_at as is_over_before
    from carried
    inner join contacts on carried.contact_id = contacts.contact_id
),

subjects as (
    select
        experiment_id,
        unit_id,
        min(customer_id) as customer_id
    from timed
    where is_treated
    group by experiment_id, unit_id
),

exposures as (
    select
        experiment_id,
        unit_id,
        contact_id,
        journey_id,
        false as is_before
    from timed
    where is_treated
    union all
    select
        experiment_id,
        unit_id,
        contact_id,
        journey_id,
        true as is_before
    from timed
    where unit_type = 'agent' and is_over_before
    union all
    -- Of others, what their customer did before, in whatever contact.
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id,
        true as is_before
    from units
    inner join subjects
        on units.experiment_id = subjects.experiment_id and units.unit_id = subjects.unit_id
    inner join contacts
        on
            subjects.customer_id = contacts.customer_id
            and units.assigned_at >= contacts.matures_at
    where units.unit_type <> 'agent'
)

select distinct
    exposures.experiment_id,
    exposures.unit_id,
    units.arm,
    exposures.contact_id,
    exposures.journey_id,
    exposures.is_before
from exposures
inner join units
    on exposures.experiment_id = units.experiment_id and exposures.unit_id = units.unit_id
