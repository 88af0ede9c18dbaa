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

-- Contacts under treatment.
treated as (
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join contacts on units.unit_id = contacts.interaction_id
    where units.unit_type = 'interaction'
    union all
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join suggestions on units.unit_id = suggestions.suggestion_id
    inner join contacts on suggestions.contact_id = contacts.contact_id
    where units.unit_type = 'suggestion'
    union all
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join customers
        on units.experiment_id = customers.experiment_id and units.unit_id = customers.unit_id
    inner join contacts
        on
            customers.customer_id = contacts.customer_id
            and units.assigned_at <= contacts.journey_started_at
    where units.unit_type = 'customer'
    union all
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join {{ ref('int_contacts_handled') }} as handled on units.unit_id = handled.last_agent_id
    inner join contacts
        on
            handled.contact_id = contacts.contact_id
            and units.assigned_at <= contacts.journey_started_at
    where units.unit_type = 'agent'
),

subjects as (
    select
        treated.experiment_id,
        treated.unit_id,
        min(contacts.customer_id) as customer_id
    from treated
    inner join contacts on treated.contact_id = contacts.contact_id
    group by treated.experiment_id, treated.unit_id
),

before as (
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join subjects
        on units.experiment_id = subjects.experiment_id and units.unit_id = subjects.unit_id
    inner join contacts
        on
            subjects.customer_id = contacts.customer_id
            and units.assigned_at >= contacts.matures_at
    where units.unit_type <> 'agent'
    union all
    select
        units.experiment_id,
        units.unit_id,
        contacts.contact_id,
        contacts.journey_id
    from units
    inner join {{ ref('int_contacts_handled') }} as handled on units.unit_id = handled.last_agent_id
    inner join contacts
        on handled.contact_id = contacts.contact_id and units.assigned_at >= contacts.matures_at
    where units.unit_type = 'agent'
),

exposures as (
    select
        treated.*,
        false as is_before
    from treated
    union all
    select
        before.*,
        true as is_before
    from before
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
