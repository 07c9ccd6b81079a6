"""Slack's formats to safe HTML: every function escapes what it is given and returns Markup.

Message text is hostile: nothing of it may become a tag, an attribute or a script.
"""
