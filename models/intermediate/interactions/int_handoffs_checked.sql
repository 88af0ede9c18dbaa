{{ checked_input('handoffs') }}
