{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

{{ attribute_to_contact(ref('int_handoffs_accepted'), 'requested_at', by_customer=true) }}
