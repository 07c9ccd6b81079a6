"""How the workspace reaches the app: Socket Mode or signed HTTP, with Slack's retries, and a log of it."""
