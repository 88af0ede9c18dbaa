{{ canonical_empty('rate_card') }}
