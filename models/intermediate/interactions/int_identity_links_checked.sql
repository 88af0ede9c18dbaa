{{ checked_input('identity_links') }}
