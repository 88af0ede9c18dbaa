{{ checked_input('rate_card') }}
