{{ canonical_empty('surveys') }}
