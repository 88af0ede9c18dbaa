{{ checked_input('consents') }}
