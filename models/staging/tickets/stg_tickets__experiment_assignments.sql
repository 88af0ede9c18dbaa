{{ canonical_empty('experiment_assignments') }}
