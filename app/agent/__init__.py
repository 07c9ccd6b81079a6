"""One turn: context, planning loop, figure check, memory. Knows neither Slack nor vendor names."""
