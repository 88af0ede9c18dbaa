{{ checked_input('releases') }}
