"""The work that stored arrivals lead to: one file per kind, found by registration."""
