{{ checked_input('interactions') }}
