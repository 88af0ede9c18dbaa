"""Pages beside dbt's own documentation: column-level lineage, and a diagram of the marts."""
