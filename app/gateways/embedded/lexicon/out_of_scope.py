"""What Sophia does not do: general knowledge, errands, and acts no tool offers (deleting, firing, paying, evicting).

The sentences teach the ranker; the verbs are a guard in front of it, because "delete all the resident records"
shares every noun with a real request.
"""

import re

from app.gateways.embedded.lexicon.files import sentences

OUT_OF_SCOPE = sentences("out_of_scope")

_DESTROY = re.compile(
    r"^(?:(?:please|pls|can you|could you|go ahead and|hey|sophia|just|i want to|i need to|i need you to|we "
    r"need to|let's|ok|so|and|also|then)[,\s]+)*"
    r"(?P<act>delete|erase|wipe|purge|drop all|destroy|shred|evict|fire(?! off)|sack|lay off|hire|terminate|kick "
    r"out|sue|wire|transfer \$?\d|"
    r"void|refund|cancel|unlock|uninstall|hack|forge|dial|phone\b|ring|promote|demote|sell|buy|purchase|fax|"
    r"print(?! out| the rent)|"
    r"tweet|un-?send|remove|get rid of|pay(?= (?:the|that|this|off|our|\w+'s|all|for|\w+ \$?\d))|"
    r"call(?= (?:him|her|them|me|us|my|the|a|911|\+?\d|.* on the phone|.* (?:right )?now$)))\b"
)
_ERRAND = re.compile(
    r"\b(?:book|order|find|get|buy|reserve|rent)\b.{0,25}\b(?:flights?|hotels?|uber|taxi|cab|pizza|coffee|"
    r"lunch|dinner|restaurant|concert|movie)\b"
)


def is_unsupported(clause: str) -> bool:
    """True when the request opens with an act that no built-in tool offers."""
    return bool(act_of(clause) or _ERRAND.search(clause.lower().strip()))


def act_of(clause: str) -> str:
    """The guarded act that a request opens with ("terminate"); empty when it opens with none."""
    match = _DESTROY.match(clause.lower().strip())
    return match["act"] if match else ""
