{{ checked_input('agent_hours') }}
