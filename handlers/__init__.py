"""Everything that comes in: one file per Slack interaction, the HTTP side, and the jobs they lead to.

Parse, authorise, hand over. No SQL, no HTTP calls to vendors, no model calls.
"""
