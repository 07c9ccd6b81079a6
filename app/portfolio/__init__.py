"""The canonical read model's queries and the sync that keeps it fresh. No vendor field names."""
