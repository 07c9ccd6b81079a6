"""Takes secrets and the most dangerous personal numbers out of text before it is logged, traced, stored or shown.

Two ways together: values known to be secret (the settings give them) are removed wherever they stand; shapes of keys,
tokens, card numbers (Luhn), social security and bank routing numbers are removed by pattern and checksum.
Not for: hiding names and addresses, which Sophia needs to do her work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

SHORTEST_KNOWN_SECRET = 6  # characters; shorter values would hide ordinary words

_VENDOR_KEYS = (
    r"sk-(?:ant-|proj-|or-v1-|svcacct-)?[A-Za-z0-9_-]{16,}",  # OpenAI, Anthropic, OpenRouter
    r"hf_[A-Za-z0-9]{16,}",
    r"r8_[A-Za-z0-9]{16,}",  # Replicate
    r"tgp_v1_[A-Za-z0-9_-]{16,}",  # Together
    r"pcsk_[A-Za-z0-9_]{16,}",  # Pinecone
    r"xox[abeoprs]-[A-Za-z0-9-]{8,}|xoxe\.xox[bp]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}",  # Slack
    r"https://hooks\.slack\.com/[A-Za-z0-9/_-]+",
    r"gh[opsur]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}",
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS
    r"AIza[A-Za-z0-9_-]{30,}",  # Google
    r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{10,}",  # Stripe, Svix
    r"sq0[a-z]{3}-[A-Za-z0-9_-]{20,}|EAAA[A-Za-z0-9_-]{40,}",  # Square
    r"SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # SendGrid
    r"re_[A-Za-z0-9]{6,}_?[A-Za-z0-9]{10,}",  # Resend
    r"\bSK[0-9a-f]{32}",  # Twilio API key
    r"pat-(?:na|eu|ap)\d-[0-9a-f-]{30,}",  # HubSpot
    r"lin_(?:api|oauth)_[A-Za-z0-9]{16,}",
    r"(?:secret|ntn)_[A-Za-z0-9]{30,}",  # Notion
    r"NRAK-[A-Z0-9]{16,}",  # New Relic
    r"ATATT3x[A-Za-z0-9_=-]{20,}",  # Atlassian
    r"access-(?:sandbox|development|production)-[0-9a-f-]{30,}",  # Plaid
    r"AQE[A-Za-z0-9+/=-]{40,}",  # Adyen
    r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{20,}",  # Salesforce session
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # JSON web token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
)
_TELLING = (  # names that tell a secret follows
    r"pass(?:word|wd|phrase)?|pwd|secret|client[_-]?secret|signing[_-]?secret|api[_-]?key|apikey|access[_-]?key"
    r"|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|bot[_-]?token|session[_-]?token|token"
    r"|authorization|cookie|credentials?"
)
_TOKEN = re.compile("|".join(f"(?:{pattern})" for pattern in _VENDOR_KEYS), re.DOTALL)
_HEADER = re.compile(r"(?i)\b(bearer|basic|apikey)(\s+)[A-Za-z0-9._~+/=:-]{8,}")
_NAMED = re.compile(
    rf"""(?i)((?:\b|_)(?:{_TELLING})["']?\s*(?:=|:\s|:(?=["']))\s*)("[^"\n]*"|'[^'\n]*'|[^\s"',;&}}]+)"""
)
_URL_LOGIN = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)([^\s/@:]*):([^\s/@]+)@")
_DSN_KEY = re.compile(r"(?i)\b(https?://)([0-9a-f]{16,})@")  # Sentry: the key stands where a user name would
_QUERY = re.compile(rf"(?i)([?&](?:{_TELLING}|sig|signature|code)=)[^&\s#]+")
_CARD = re.compile(r"(?<![\d.+-])(?:\d[ -]?){12,18}\d(?![\d-]|\.\d)")
_CARD_PREFIX = re.compile(r"4|5[1-5]|2[2-7]|3[0-9]|6(?:011|22|4[4-9]|5)")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\d-])")
_SSN_NAMED = re.compile(r"(?i)(\b(?:ssn|social security(?: number| no\.?)?)\W{0,5}(?:is\s+)?)(\d{9})\b")
_ROUTING = re.compile(r"(?i)(\b(?:routing|aba|rtn)(?:\s+(?:number|no\.?|#))?\W{0,5}(?:is\s+)?)(\d{9})\b")
_ACCOUNT = re.compile(r"(?i)(\b(?:bank\s+)?(?:account|acct)(?:\s+(?:number|no\.?|#))\W{0,5}(?:is\s+)?)(\d{6,17})\b")
_SECRET_KEY_NAME = re.compile(rf"(?i)(?:^|[_-])(?:{_TELLING}|ssn|dsn)$")


class Redactor:
    """`known` are secret values to remove wherever they appear, also when URL-encoded."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._values: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None
        self.learn(known)

    def learn(self, known: Iterable[str]) -> None:
        """Hides these too from now on, besides those that were known."""
        values = self._values | frozenset(known)
        if values == self._values:
            return
        self._values = values
        spelled = {spelling for value in values for spelling in (value, quote(value, safe=""))}
        longest_first = sorted((s for s in spelled if len(s) >= SHORTEST_KNOWN_SECRET), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """The text with every secret replaced by `[hidden …]`; other text stays as it is."""
        if self._known is not None:
            text = self._known.sub("[hidden secret]", text)
        text = _TOKEN.sub("[hidden key]", text)
        text = _URL_LOGIN.sub(r"\1\2:[hidden password]@", text)
        text = _DSN_KEY.sub(r"\1[hidden key]@", text)
        text = _QUERY.sub(r"\1[hidden]", text)
        text = _HEADER.sub(r"\1\2[hidden token]", text)
        text = _NAMED.sub(_hide_named, text)
        text = _CARD.sub(_checked(is_card_number, "[hidden card number]"), text)
        text = _SSN.sub("[hidden SSN]", text)
        text = _SSN_NAMED.sub(r"\1[hidden SSN]", text)
        text = _ROUTING.sub(_hide_routing, text)
        return _ACCOUNT.sub(r"\1[hidden account number]", text)

    def value(self, value: Any) -> Any:
        """The same for nested lists and mappings; a mapping's value under a name like `api_key` is hidden whole."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                key: "[hidden]" if isinstance(kept, str) and kept and _names_secret(key) else self.value(kept)
                for key, kept in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(kept) for kept in value]
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        return value


def is_card_number(digits: str) -> bool:
    """True for a number with a card brand's beginning and a right Luhn checksum."""
    if _CARD_PREFIX.match(digits) is None or not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, character in enumerate(reversed(digits)):
        doubled = int(character) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_routing_number(digits: str) -> bool:
    """True for nine digits with a right ABA checksum."""
    weights = (3, 7, 1) * 3
    return len(digits) == 9 and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def _checked(is_right: Callable[[str], bool], hidden: str) -> Callable[[re.Match[str]], str]:
    return lambda match: hidden if is_right(re.sub(r"\D", "", match[0])) else match[0]


def _hide_named(match: re.Match[str]) -> str:
    return match[0] if match[2].strip("\"'").startswith("[hidden") else f"{match[1]}[hidden]"


def _hide_routing(match: re.Match[str]) -> str:
    return f"{match[1]}[hidden routing number]" if is_routing_number(match[2]) else match[0]


def _names_secret(key: object) -> bool:
    return isinstance(key, str) and _SECRET_KEY_NAME.search(key) is not None
