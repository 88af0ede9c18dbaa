{{ incremental_by('customer_id', 'int_customers_fingerprinted') }}

{{ attribute_to_contact(ref('int_agent_segments_accepted'), 'offered_at', by_customer=true) }}
