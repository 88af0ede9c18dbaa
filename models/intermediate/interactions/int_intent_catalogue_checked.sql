{{ checked_input('intent_catalogue') }}
