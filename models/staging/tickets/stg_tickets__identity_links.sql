{{ canonical_empty('identity_links') }}
