"""Block Kit's rules, as Slack enforces them: what is refused, with the words and pointers Slack uses.

`message.message_problems` and `view.view_problems` are the ways in; `walk` finds the interactive parts.
The limits are those of docs.slack.dev/reference/block-kit.
"""
