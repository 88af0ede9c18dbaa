{{ canonical_empty('intent_predictions') }}
