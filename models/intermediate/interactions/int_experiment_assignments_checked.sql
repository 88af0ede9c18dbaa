{{ checked_input('experiment_assignments') }}
