"""Which model answers, through which gateway, and what happens when it fails."""
