"""The cache ladder: an answer that was given before, one that is being made right now, one to a question that means
the same. Off unless configured; never across workspaces or rights, never in a turn that writes."""
