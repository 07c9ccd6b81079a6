"""How each call went: who was considered and what was thought of them, who was tried, its cost and its time."""
