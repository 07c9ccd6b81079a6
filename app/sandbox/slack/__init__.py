"""A local Slack workspace: Slack's protocol over real sockets, and a page where people chat.

`server.create_app` builds it, `server.run` serves it, `running.LocalSlack` serves it inside a test,
`client.SlackDriver` plays the people. It is strict on purpose: what Slack refuses, it refuses, with
Slack's error codes. It is not a replacement for Slack and keeps its messages in memory.
"""
