"""The page of findings: what the marts say about real conversations and real tickets."""
