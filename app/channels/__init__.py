"""How an Answer is shown: Slack, console, SMS, e-mail. Not what the answer is."""
