{{ canonical_empty('agent_hours') }}
