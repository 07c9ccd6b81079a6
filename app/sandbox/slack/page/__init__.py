"""The page people see: server-rendered, live over server-sent events, no build step."""
