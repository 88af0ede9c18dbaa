{{ canonical_empty('releases') }}
