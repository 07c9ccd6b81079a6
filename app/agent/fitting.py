"""Messages that need no model: empty ones, emoji, novels, insults, and languages nobody here speaks yet.

Not for: small talk and questions (the model's, real or embedded).
"""

from __future__ import annotations

import re
import unicodedata

from app.agent.languages import english_please, foreign_language
from app.domain.answer import Answer, AnswerKind

SUGGESTIONS = (
    "What is our occupancy this week?",
    "Who is behind on rent at Maple Grove?",
    "Open a work order for a leaking faucet in unit 204.",
)
_EMOJI_CODE = re.compile(r":[a-z0-9_+'-]{2,50}:", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_KEPT = {"\n", "\t", "\u200d"}  # the joiner holds family and flag emoji together
_HAPPY = re.compile(
    r"[👍🙏❤💙💚😀-😊😍🎉🙌👏✅👌🫶]|:(?:\+1|thumbsup|pray|heart|tada|raised_hands|clap|ok_hand|white_check_mark)"
)
_INSULT = re.compile(
    r"(?i)\b(?:f+u+c+k+(?:ing)?\s+(?:you|off|u)|(?:you(?:'re|\s+are)?|u\s+r|this\s+bot\s+is)\s+(?:so\s+|a\s+|an\s+)*"
    r"(?:stupid|useless|dumb|idiot(?:ic)?|garbage|trash|worthless|moron)|(?:stupid|dumb|useless)\s+(?:bot|machine|thing)"
    r"|shut\s+up|screw\s+you|i\s+hate\s+you|idiot|moron|asshole|go\s+to\s+hell)\b"
)


def tidy(text: str) -> str:
    """The text without invisible characters (controls, direction marks, lone surrogates), composed, trimmed."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(char for char in composed if char in _KEPT or unicodedata.category(char) not in _INVISIBLE)
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


def answer_without_model(text: str, *, longest: int, english_only: bool) -> Answer | None:
    """A fitting answer for a message that no model needs to see, or None. `text` is tidied."""
    answer = None
    if not text:
        answer = _asked("Your message was empty. What can I look up for you?")
    elif not any(char.isalnum() for char in _EMOJI_CODE.sub("", text)):
        answer = _to_emoji(text)
    elif len(text) > longest:
        answer = Answer(
            AnswerKind.FAILED,
            f"That message has {len(text):,} characters; I read up to {longest:,} at once. "
            "Please send me the part that matters, in a few sentences.",
        )
    elif len(text.split()) <= 8 and _INSULT.search(text) and not any(char.isdigit() for char in text):
        sorry = "I’m sorry this is frustrating. Tell me what you need, and I’ll try to get it right."
        answer = Answer(AnswerKind.ANSWER, sorry, follow_ups=SUGGESTIONS)
    elif english_only and (language := foreign_language(text)):
        answer = Answer(AnswerKind.DECLINED, english_please(language))
    return answer


def _to_emoji(text: str) -> Answer:
    if _HAPPY.search(text):
        return Answer(AnswerKind.ANSWER, "You’re welcome. I’m here when you need something.", follow_ups=SUGGESTIONS)
    return _asked("I’m not sure what that means. Ask me in a few words, for example:")


def _asked(text: str) -> Answer:
    return Answer(AnswerKind.QUESTION, text, follow_ups=SUGGESTIONS)
