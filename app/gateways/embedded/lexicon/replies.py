"""Sophia's own words where no tool speaks: greetings, thanks, what she can and cannot do."""

import re

CAN_DO = (
    "I can look up units, leases, residents, ledgers, work orders, tours, deals, contacts, invoices, calls and "
    "policies, "
    "compare properties and budgets, and, with your approval, send texts and emails, open work orders, book tours and "
    "inspections, and keep tasks and reminders."
)

_SMALL_TALK: tuple[tuple[str, str], ...] = (
    (
        r"who are you|what are you|your name|robot|human|who made you",
        f"I'm Sophia, your assistant for the portfolio. {CAN_DO}",
    ),
    (r"what can (?:you|i)|what do you do|how do you work|^help$", CAN_DO),
    (
        r"thank|thx|\bty\b|appreciate|cheers|best|lifesaver|amazing|rock",
        "You're welcome! Anything else I can do for you?",
    ),
    (
        r"\bbye|good ?night|see you|talk to you|have a (?:good|great|nice)|\bgn\b",
        "Have a good one! I'm here when you need me.",
    ),
    (
        r"how are you|how's it going|how have you been|how is it going|you doing",
        "I'm doing well, thank you. What can I do for you?",
    ),
    (r"never ?mind|forget it|that's all|nothing", "All right. I'm here when you need me."),
    (r"sorry|my bad|oops", "No worries at all."),
    (r"tired|bored|rough|long day|bad day|crazy|mondays", "Sounds like a lot. Tell me what I can take off your plate."),
    (r"lol|haha|hilarious|funny|lmao|😂", "Glad that made you smile!"),
    (r"congrat|birthday|happy|merry", "Lovely! Wishing everyone a great day."),
    (r"morning|\bgm\b", "Good morning! What can I do for you?"),
    (r"\bhi\b|hello|hey|hiya|howdy|\byo\b|sup\b|afternoon|evening|what's up", "Hi! What can I do for you?"),
)


def small_talk(message: str) -> str:
    """A short, kind answer to small talk."""
    low = message.lower()
    return next((reply for pattern, reply in _SMALL_TALK if re.search(pattern, low)), "Got it. What can I do for you?")


def refusal(examples: tuple[str, ...]) -> str:
    """Says no, and what can be asked instead."""
    if not examples:
        return f"I can't help with that one. {CAN_DO}"
    quoted = " or ".join(f"“{example}”" for example in examples[:2])
    return f"I can't help with that one. {CAN_DO} For example: {quoted}."
