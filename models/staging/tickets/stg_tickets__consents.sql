{{ canonical_empty('consents') }}
