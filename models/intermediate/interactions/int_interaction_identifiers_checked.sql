{{ checked_input('interaction_identifiers') }}
