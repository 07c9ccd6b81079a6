"""The revisions, oldest first. Each one is frozen once it has landed."""
