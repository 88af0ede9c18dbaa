{{ checked_input('turns') }}
