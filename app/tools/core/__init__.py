"""The seam every tool shares: what a tool is, what it gets, what it returns, how it is found."""
