{{ attribute_to_contact(ref('int_handoffs_accepted'), 'requested_at') }}
