-- A version ends where the next one starts, whatever valid_to says: an intent has one version at
-- any time, so that looking one up never multiplies rows.
with catalogue as (
    select *
    from {{ ref('int_intent_catalogue_accepted') }}
),

across_systems as (
    select
        catalogue.*,
        row_number() over (
            partition by intent_id, valid_from
            order by source_system, source_event_id
        ) as version_rank
    from catalogue
),

sequenced as (
    select
        across_systems.*,
        lead(valid_from) over (partition by intent_id order by valid_from) as next_valid_from
    from across_systems
    where version_rank = 1
)

select
    intent_id || '@' || cast(valid_from as string) as intent_version_id,
    intent_id,
    intent_family,
    is_automatable,
    risk_tier,
    complexity,
    valid_from,
    case
        when valid_to is null or next_valid_from < valid_to then next_valid_from
        else valid_to
    end as valid_to,
    coalesce(journey_window_days, {{ var('cx_default_journey_window_days') }})
        as journey_window_days,
    confirming_event_type,
    coalesce(
        confirmation_deadline_hours, {{ var('cx_default_confirmation_deadline_hours') }}
    ) as confirmation_deadline_hours,
    value_usd,
    automation_feasibility,
    owner
from sequenced
