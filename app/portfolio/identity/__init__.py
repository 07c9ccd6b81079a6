"""One thing in several systems: the same property, person or company is recognised by keys that can be named ("same
e-mail and family name"), and a person can always say otherwise.

A match between people or companies holds until somebody tells them apart, for it only adds what is shown. A match
between properties would take a whole property's rows out of every count, so it holds only when somebody confirms it.
What fits more than one record is reported and never guessed.
"""

from app.portfolio.identity.links import Link, decide, join, known_links, shadowed, twins
from app.portfolio.identity.matching import recognise

__all__ = ["Link", "decide", "join", "known_links", "recognise", "shadowed", "twins"]
