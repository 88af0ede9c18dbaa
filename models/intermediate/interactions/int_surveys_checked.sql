{{ checked_input('surveys') }}
