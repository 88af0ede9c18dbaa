select
    intent_version_id,
    intent_id,
    intent_family,
    is_automatable,
    risk_tier,
    complexity,
    journey_window_days,
    confirming_event_type,
    confirmation_deadline_hours,
    value_usd,
    automation_feasibility,
    owner,
    valid_from,
    valid_to
from {{ ref('int_intents_versioned') }}
