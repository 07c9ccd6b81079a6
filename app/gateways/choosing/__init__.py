"""Which routes a call may take and in which order they are tried: hard filters, then the policy, then the road that has
the conversation in its cache."""
