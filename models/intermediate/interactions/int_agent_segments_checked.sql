{{ checked_input('agent_segments') }}
