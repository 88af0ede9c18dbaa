{{ checked_input('agents') }}
