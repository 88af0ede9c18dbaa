{{ checked_input('suggestions') }}
