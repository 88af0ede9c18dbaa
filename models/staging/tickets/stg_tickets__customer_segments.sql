{{ canonical_empty('customer_segments') }}
