{{ attribute_to_contact(ref('int_agent_segments_accepted'), 'offered_at') }}
