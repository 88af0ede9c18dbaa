{{ checked_input('customer_segments') }}
