{{ checked_input('guardrail_events') }}
