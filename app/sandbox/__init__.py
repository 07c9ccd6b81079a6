"""Stand-ins that speak real protocols, so that everything runs with no account. Production never imports this."""
