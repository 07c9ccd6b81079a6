"""What the planner knows of English and of the trade, and of no customer: words, synonyms, small talk."""
