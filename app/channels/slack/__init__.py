"""How an Answer is shown in Slack: Block Kit messages, streams, files. What the answer is stands elsewhere."""
