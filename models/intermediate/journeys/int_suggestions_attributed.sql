{{ attribute_to_contact(ref('int_suggestions_accepted'), 'displayed_at') }}
