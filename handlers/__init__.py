"""One file per Slack, SMS or HTTP interaction: parse, authorise, hand over. No SQL, no HTTP calls, no model calls."""
