{{ canonical_empty('agent_segments') }}
