{{ checked_input('downstream_events') }}
