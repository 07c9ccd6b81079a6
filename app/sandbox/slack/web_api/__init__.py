"""Slack's Web API methods, one file per family; `registry` finds and calls them."""
