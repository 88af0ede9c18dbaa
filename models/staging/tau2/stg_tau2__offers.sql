{{ canonical_empty('offers') }}
