"""How people talk around a request: greetings, thanks, lead-ins, and requests too vague to act on."""

from app.gateways.embedded.lexicon.files import sentences

LEAD_INS = ("", *sentences("lead_ins"))
TAILS = ("", *sentences("tails"))
CHITCHAT = sentences("chitchat")
VAGUE = sentences("vague")
