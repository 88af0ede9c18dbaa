{{ attribute_to_contact(ref('int_offers_accepted'), 'presented_at') }}
