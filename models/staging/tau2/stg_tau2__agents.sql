{{ canonical_empty('agents') }}
