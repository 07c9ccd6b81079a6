"""Engine, sessions, tables and migrations. Queries belong to their own layers."""
