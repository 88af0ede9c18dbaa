{{ canonical_empty('guardrail_events') }}
