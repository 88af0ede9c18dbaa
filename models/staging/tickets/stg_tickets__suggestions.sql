{{ canonical_empty('suggestions') }}
