{{ checked_input('offers') }}
