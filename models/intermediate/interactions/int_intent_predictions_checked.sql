{{ checked_input('intent_predictions') }}
