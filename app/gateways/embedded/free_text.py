"""The words of a request that are meant for someone else: messages, notes, descriptions, titles, queries.

Works on spans: takes what follows a connector ("that", ":", "saying"), or what is left when the command, the names
and the dates are taken away. Whose words they are is told by the argument's name.
"""

import re

from app.gateways.embedded.entities import Entities
from app.gateways.embedded.text import Span, blank

_EDGE = " \t,;:-–.!?()\"'"
_POLITE = re.compile(
    r"(?i)(?:[\s,.!-]*\b(?:please|pls|plz|thanks|thank you|thx|asap|ok\??|for me|real quick|right now|when you "
    r"(?:get|have) a (?:sec|chance|moment|minute))[\s.!]*)+$"
)


def tidy(text: str) -> str:
    """A free text without stray punctuation, quotes and closing politeness."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    text = _POLITE.sub("", text)
    return re.sub(r"\s+", " ", text).strip(" \t,;:-–\"'()")


def after(pattern: str, text: str) -> str | None:
    """What follows the first match of a pattern, tidied; None when nothing does."""
    m = re.search(pattern, text)
    rest = tidy(text[m.end() :]) if m else ""
    return rest or None


_TELL = (
    r"(?i)(?:\b(?:and )?(?:tell(?:ing)?|let(?:ting)?|ask(?:ing)?|remind(?:ing)?) (?:him|her|them|people|"
    r"everyone) (?:know )?(?:that |to let (?:him|her|them) know )?"
    r"|\band (?:say|mention) (?:that )?|\b(?:that )?(?:says?|saying|to say)(?: that)?[: ]+|\bto let (?:him|her|"
    r"them|\w+) know (?:that )?|\bto (?:tell|inform|remind) (?:him|her|them) (?:that )?"
    r"|\bletting (?:him|her|them) know (?:that )?|\bknow (?:by text |by email |via \w+ |over \w+ )?(?:that )?|"
    r"\bconfirming (?:that )?|\bthat\b )"
)


def message_text(found: Entities, recipient: Span | None) -> str | None:
    """What to tell the recipient: quoted words, or what follows "that", "saying", ":" after their name."""
    text = found.message
    if found.quotes:
        return tidy(found.text(found.quotes[-1]))
    start = recipient.end if recipient else 0
    tail = text[start:]
    colon = re.match(
        r"\s*(?:(?:'s \w+ )|(?:a |an )?(?:text|sms|message|email|e-mail|note)?(?: message)?(?: back)?)?\s*[:\-]\s*",
        tail,
    )
    if colon:
        return tidy(tail[colon.end() :]) or None
    told = re.search(_TELL, tail)
    colon_later = re.search(r":\s+", tail)
    if colon_later and (not told or colon_later.start() < told.start() + 3):
        return tidy(tail[colon_later.end() :]) or None
    if told:
        said = tidy(tail[told.end() :])
        if said:
            return said
    rest = re.sub(
        r"(?i)^\s*(?:,|(?:a|an|quick) )?\s*(?:(?:a |an )?(?:quick )?(?:text|sms|email|e-mail|message)(?: "
        r"message)?|by (?:text|email|sms)|via (?:text|sms|email)|on (?:his|her|their) (?:cell|phone))"
        r"?\s*(?:back )?"
        r"(?:about|regarding|re:?|asking|to|with)?\s+", "", tail,
    )  # fmt: skip
    rest = tidy(rest)
    return rest if len(rest.split()) >= 2 else None


_SUBJECT = re.compile(
    r"(?i)\b(?:with (?:the |a )?)?(?:subject(?: line)?|subj|titled|re)\b(?:\s*(?:is|of|:|=))"
    r"?\s*[:\-]?\s*(?P<s>\"[^\"]+\"|'[^']+'|.+?)(?=,?\s*(?:and |with )?(?:the )?(?:body|message|text|saying|"
    r"that says|say|let (?:him|her|them) know|tell)\b|,|$)"
)
_BODY = re.compile(r"(?i)\b(?:body|message|text)(?:\s*(?:is|of|:|=))?\s*[:\-]?\s*(?P<b>\"[^\"]+\"|'[^']+'|.+)$")


def email_parts(found: Entities, recipient: Span | None) -> tuple[str | None, str | None]:
    """Subject (None when not given) and body of an e-mail."""
    text = found.message
    subject = _SUBJECT.search(text)
    if subject:
        rest = text[subject.end() :]
        body = _BODY.search(rest)
        said = (
            tidy(body["b"])
            if body
            else tidy(
                re.sub(
                    r"(?i)^[\s,]*(?:and )?(?:saying|that says|say|let (?:him|her|them) know|tell (?:him|her|"
                    r"them))\s*(?:that )?",
                    "",
                    rest,
                )
            )
        )
        return tidy(subject["s"]), said or None
    tail = text[recipient.end :] if recipient else text
    topic = re.match(
        r"(?i)\s*(?:an? (?:e-?mail|note|message) )?(?:about|regarding) (?P<s>[^:]{3,60}?)(?::\s+|,? (?:saying|"
        r"and (?:say|tell (?:him|her|them))) (?:that )?)(?P<b>.{4,})$",
        tail,
    )
    if topic and not found.quotes:
        return tidy(topic["s"]), tidy(topic["b"])
    return None, message_text(found, recipient)


_TICKET = (
    r"(?:work ?orders?|wo|tickets?|maintenance (?:requests?|tickets?)|service (?:requests?|tickets?)|"
    r"repair (?:requests?|tickets?)|requests?)"
)
_PRIORITY = r"(?:an? |the )?(?:(?:urgent|emergency|high|low|normal|medium|rush|top)[ -]?(?:priority|prio|pri)?\s*,?\s*)"
_OPEN_TICKET = re.compile(
    rf"(?i)(?:\b(?:can|could|would|will) (?:you|u|someone|somebody|we) |\bi need you to |\bplease |\bpls |\bgo "
    rf"ahead and |\blet's |\band |\bso |\bneed (?:to )?|\bi need )*"
    rf"\b(?:creat\w*|open(?:ing)?|put(?:ting)?(?: in)?|log|add|submit|mak\w+|start|fil(?:e|ing)|enter|write up|"
    rf"get|new|need|report|have|do|drop|send)\b(?: me| us| up| in)?\s*(?:an?other |an? |the |new |maintenance )"
    rf"*{_PRIORITY}?{_TICKET}(?: (?:in|going|up|now|please|pls|asap|started|open|opened))*(?:\s*(?:for|on|"
    rf"about|at|to|that|saying)\b)?"
    rf"|(?:\b(?:new|urgent|emergency) )+{_TICKET}(?: (?:for|on))?|\b{_PRIORITY}?{_TICKET}\b(?: (?:for|on|please|now))?"
)
_REPORTED = re.compile(
    r"(?i)^(?:.*?\b(?:resident|tenant|guy|lady|woman|man|someone|she|he|they|caller|neighbor)"
    r"\b[^,.]{0,25}?\b(?:says?|said|reports?|reported|called(?: (?:again|in|about|saying))?|complain(?:s|ed|"
    r"ing)?(?: (?:about|that|of))?|told (?:me|us)|is saying|mentioned)\b(?: that| saying)?\s*)"
    r"|^.*?\bcall(?:ed|ing) (?:again|in|about|saying|to say|and said)[,:]?\s*(?:and )?(?:that |about )?"
)
_FIX = re.compile(
    r"(?i)^(?:(?:can|could|please|pls|i need|we need|need|have|get|send|report(?:ing)?|log(?: that)?|someone|"
    r"somebody|maintenance|a tech|you|to|out|over|come|look at|take a look at|go|check|fix|repair|about|that|"
    r"there'?s|there is|has|have|with|for|needs?|it'?s|is|reports?|the resident|because|since|saying|says)"
    r"\b[\s,:]*)+"
)


def problem_text(found: Entities, location: list[Span]) -> str | None:
    """What is broken: the message without the order to write it down, the place and the urgency."""
    if found.quotes:
        return tidy(found.text(found.quotes[-1]))
    text = _without_place(found.message, location)
    pieces = [
        p
        for p in re.split(r"\s*(?:[.!?;]+(?:\s|$)|,\s+|\s+-+\s+|:\s+| \u2060)\s*", _OPEN_TICKET.sub(" \u2060 ", text))
        if p
    ]
    kept: list[str] = []
    for piece in pieces:
        cleaned = re.sub(rf"(?i)\b{_PRIORITY}?priority\b|\b(?:not )?(?:urgent|emergency|asap|no rush)\b", "", piece)
        cleaned = re.sub(r"\u2060", " ", cleaned)
        cleaned = _REPORTED.sub("", cleaned.strip())
        cleaned = _LEAD.sub("", cleaned.strip(_EDGE))
        cleaned = _FIX.sub("", cleaned.strip(_EDGE)).strip(_EDGE)
        cleaned = re.sub(
            r"(?i)^(?:and|so|but|the one|in|at|for|on|from)\b\s*|\s+\b(?:and|so|in|at|for|on|from|over)$", "", cleaned
        ).strip(_EDGE)
        cleaned = tidy(cleaned)
        if cleaned and not _NOISE.fullmatch(cleaned):
            kept.append(cleaned)
    return ", ".join(kept) if kept else None


_LEAD = re.compile(
    r"(?i)^(?:(?:ugh|hey|hi|hello|ok|okay|so|sophia|yo|omg|pls|please|urgent|quick one|fyi|morning|good "
    r"morning|sorry|btw|alright|well|um|hmm|lol|real quick)\b[\s,!:.-]*)+"
)
_NOISE = re.compile(
    r"(?i)(?:ugh|hey|hi|pls|please|thanks|again|now|it|asap|resident|tenant|they|he|she|same|called|called "
    r"again|open|on it|do it|ok|right away|need|needs|can you|could you|emergency|urgent|high|low|normal|\d+|"
    r"the|a|an|we|i|send someone|they're upset|is mad|is upset)"
)


def without_lead_in(text: str) -> str:
    """The text without "hey", "ugh", "ok so" … in front."""
    return _LEAD.sub("", text).strip()


def _without_place(text: str, location: list[Span]) -> str:
    wide: list[Span] = []
    for span in location:
        lead = re.search(
            r"(?i)(?:[,\s]|^)(?:in|at|for|on|from|of|over at|over in|to|down at|,)\s+(?:the )?$", text[: span.start]
        )
        wide.append(
            Span(
                lead.start() + (1 if text[lead.start() : lead.start() + 1] in ", " else 0) if lead else span.start,
                span.end,
            )
        )
    out, at = [], 0
    for span in sorted(wide, key=lambda s: s.start):
        if span.start >= at:
            out.append(text[at : span.start])
            out.append(" ")
        at = max(at, span.end)
    out.append(text[at:])
    text = re.sub(r"\s+", " ", "".join(out))
    return re.sub(r"^\s*'s\b", "", text)


_NOTE = re.compile(
    r"(?i)\b(?:save|log|add|put|record|note|make|write|jot)\b[^,.:;-]{0,20}\b(?:call )?(?:note|it|that|this|"
    r"down|call)\b[^,:;-]{0,25}$|[\s,.-]+(?:log|note|save|record|add) (?:it|that|this)(?: down| please| as a "
    r"(?:call )?note)?[.!]?$"
)


def note_text(found: Entities, person: Span | None) -> str | None:
    """What to remember of a call."""
    if found.quotes:
        return tidy(found.text(found.quotes[-1]))
    text = found.message
    start = person.end if person else 0
    tail = text[start:]
    colon = re.search(r":\s*|\s-+\s", tail)
    if colon and tidy(tail[colon.end() :]) and not re.match(r"(?i)\s*(?:save|log|add|put|note)\b", tail[colon.end() :]):
        return tidy(tail[colon.end() :])
    body = _NOTE.sub("", tail)
    body = re.sub(
        r"(?i)^(?:'s)?\s*(?:(?:record|file|profile|contact|account|last call|call notes?|notes?|page)\b)?[\s,.:-]*",
        "",
        body,
    )
    body = re.sub(
        r"(?i)^(?:called and said|called to say|told (?:me|us)|said|saying|mentioned|says)\s+(?:that )?", "", body
    )
    body = re.sub(
        r"(?i)^(?:today|yesterday|just now|this morning|earlier|on the phone|by phone)?[\s,.:-]*(?:and |that |"
        r"about how |so )?",
        "",
        body,
    )
    said = tidy(body)
    if said:
        return said
    before = text[: person.start] if person else text
    colon = re.search(r":\s*", before)
    return tidy(before[colon.end() :]) or None if colon else None


_TASK = re.compile(
    r"(?i)\b(?:(?:can you|could you|please|pls|i need you to|go ahead and) )*(?:create|add|make|set up|set|"
    r"open|log|give|assign|new|put(?: (?:on|in))?|start)?\s*(?:me |up )?(?:an?other |an? |the |new |to )"
    r"*(?:task|to-?do|to do)s?(?: item)?(?: list)?\b(?:\s*(?:for|to|on|in|that|called|titled|:|-)\b)?"
)
_MAKE_TASK = re.compile(
    r"(?i)[\s,(.-]*\b(?:and )?(?:please |pls |can you |could you |let's )?(?:make|create|add|set|put|log|save|"
    r"track|turn)\b (?:it|that|this|him|her|them|an?|the)?\s*(?:up |in |into |as |on )*(?:an? |the |his |her |"
    r"their |to )*(?:task|to-?do)(?: list)?(?: for (?:it|this|that|him|her|them))?\)?[.!]*\s*$"
)


def title_text(found: Entities, gone: list[Span]) -> str | None:
    """What is to be done: the message without the order to write it down, the person and the day."""
    if found.quotes:
        return tidy(found.text(found.quotes[0]))
    text = _MAKE_TASK.sub("", blank(found.message, gone, " \u2060 "))
    text = _LEAD.sub("", text)
    text = re.sub(r"\s+", " ", _TASK.sub(" \u2060 ", text))
    text = re.sub(
        r"(?i)\b(?:assign(?:ed)?|give|have|get|ask|tell|remind|task|put on|on|let)\s*(?:it )?(?:to )"
        r"?\u2060(?:'s)?(?:\s*(?:list|plate))?",
        "\u2060",
        text,
    )
    text = re.sub(
        r"(?i)\bcan (?:you|we|u)\b|\b(?:i need|we need)\s*(?=\u2060)|\bfor (?:me|myself)\b|\bmy\b(?=\s*\u2060)",
        " ",
        text,
    )
    pieces = [p.strip() for p in re.split(r"\u2060|:\s|\s-\s", text)]
    pieces = [
        re.sub(
            r"(?i)^(?:[\s,]*\b(?:to|for|needs? to|has to|should|due|by|on|and|with|a|that|please|pls|must|"
            r"gotta|assigned|list)\b)*[\s,:-]*",
            "",
            p,
        )
        for p in pieces
    ]
    pieces = [
        re.sub(
            r"(?i)[\s,:(-]+(?:due|by|for|to|on|and|with|assigned|assign|add|a|an|the|make|can you|please)*[\s,)]*$",
            "",
            p,
        )
        for p in pieces
    ]
    pieces = [tidy(p) for p in pieces]
    best = max(pieces, key=len, default="")
    return best if len(best) > 2 else None


_REMIND = re.compile(
    r"(?i)\b(?:(?:can you|could you|can u|please|pls|i need you to|i need|give me|set me|set|put|create|add|"
    r"make|help me)\s+)*(?:an?\s+|the\s+|up\s+|me\s+)*(?:remind(?:er)?s?(?: me| us)?|nudge me|ping me|alert me|"
    r"buzz me|(?:do)?n'?t let me forget|don'?t forget to remind me|make sure i (?:remember|don'?t forget)|"
    r"remember|notify me|poke me|bug me|hit me up)\b(?:\s+on\b)?"
)


def reminder_text(found: Entities, gone: list[Span]) -> str | None:
    """What to be reminded of."""
    if found.quotes:
        return tidy(found.text(found.quotes[0]))
    text = _LEAD.sub("", blank(found.message, gone, " \u2060 "))
    text = re.sub(r"(?i)\u2060\s*(?:in the )?(?:morning|afternoon|evening)\b", "\u2060", text)
    text = _REMIND.sub("\u2060", text)
    pieces = [p for p in (q.strip() for q in text.split("\u2060")) if p]
    cleaned = [
        tidy(
            re.sub(
                r"(?i)^(?:[\s,:-]*\b(?:to|about|that|for|at|on|regarding|of|i need to|i have to|me|and|the "
                r"fact that|please)\b)*[\s,:-]*",
                "",
                p,
            )
        )
        for p in pieces
    ]
    cleaned = [re.sub(r"(?i)[\s,]+(?:at|on|by|for|to|in|the|please|and)$", "", c) for c in cleaned]
    best = max(cleaned, key=len, default="")
    return best if len(best) > 1 else None


_TRANSCRIPT_LEADS = (
    r"(?i)\b(?:talk(?:s|ed|ing)?|say(?:s|ing)?|said|speak(?:s|ing)?|spoke|ask(?:s|ed|ing)?|complain(?:s|ed|ing)"
    r"?|discuss(?:es|ed|ing)?|chat(?:ted)?|hear[d]?|think|thinks|conversations?)\b[^.?]{0,30}?\b(?:about|on|"
    r"regarding|for)\s+",
    r"(?i)\bmention(?:s|ed|ing)?(?: of)?\s+(?:that |the word )?",
    r"(?i)\b(?:bring|brings|bringing|brought) up\s+",
    r"(?i)\b(?:about|re:?)\s+",
    r"(?i)\b(?:discuss(?:ing|ed)?|regarding)\s+(?:about )?",
    r"(?i)\b(?:for)\s+(?:mentions? of |the (?:word|phrase|topic) |anything (?:about|on) )?",
    r"(?i)\b(?:where|when|which|that|did|has|have)\b.{0,40}?\b(?:talk|discuss|mention)\w*\s+",
    r"(?i)\bon\s+(?!(?:our|the|a|any|phone|recorded|gong|her|his|their)?\s*(?:phone )?(?:calls?|phone|recordings?)\b)",
)
_CALL_TAIL = re.compile(
    r"(?i)[\s,]*\b(?:on|in|during|from|over)\s+(?:(?:our|the|a|any|my|all|that|recent|recorded|phone|gong|"
    r"sales|these|their|his|her|those)\s+)*(?:calls?|phone(?: calls?)?|recordings?|transcripts?|conversations?)"
    r"\b.*$"
    r"|[\s,]+(?:with|to)\s*$|[\s,]+(?:c(?:a|o)me up|came up|was mentioned|were mentioned|was discussed)\b.*$"
)


def topic_text(found: Entities, gone: list[Span]) -> str | None:
    """What to look for in recorded calls."""
    if found.quotes:
        return tidy(found.text(found.quotes[0]))
    text = blank(found.message, gone, " ")
    for pattern in _TRANSCRIPT_LEADS:
        m = re.search(pattern, text)
        if m:
            rest = _CALL_TAIL.sub("", text[m.end() :])
            rest = re.sub(r"(?i)^(?:the|a|an|our|any|their)\s+", "", tidy(rest))
            rest = re.sub(r"(?i)[\s,]+(?:with|by|from|on|in|since|at|the|last|this|to|of)$", "", rest)
            if rest and rest.lower() not in {"call", "calls", "it", "that"}:
                return rest
    came = re.search(
        r"(?i)\b(?:where|when|has|have|did|if|whether)?\s*(?P<x>[\w' -]{3,40}?) (?:c(?:a|o)me up|was "
        r"(?:mentioned|discussed))",
        text,
    )
    return tidy(re.sub(r"(?i)^.*\b(?:where|when|if|whether|calls?)\b\s+", "", came["x"])) if came else None


_QUESTION = re.compile(
    r"(?i)^(?:(?:ok|so|hey|hi|sophia|quick (?:q|question|one)|new hire (?:is )?asking|question|can you (?:tell|"
    r"check|look up|find)(?: me)?|could you (?:tell|check)(?: me)?|tell me|do you know|i need to know|remind "
    r"me|look up|check|find(?: me)?|search(?: for)?|"
    r"explain(?: to me)?|please|pls|(?:the )?(?:handbook|sop|docs?|policy (?:says?|doc)|manual|policies) (?:on|"
    r"for|about)|someone (?:is )?asking|resident (?:is )?asking|resident wants to know|wondering)\b[\s,:-]*)+"
)
_ASK = re.compile(
    r"(?i)^(?:what (?:does|do) (?:the|our) (?:\w+ )?(?:handbook|policy|sop|manual|guide|policies|docs?)(?: book)? say "
    r"(?:about|on|regarding)|how (?:do|does|should|would|can|are|am) (?:i|we|you|they|one|someone|people)"
    r"(?: supposed to)?|how to|what(?:'s| is|s| are|re)?(?: the| our)?(?= )|where (?:do|can) (?:i|we) find(?: "
    r"the| our)?|"
    r"where(?:'s| is)(?: the| our)?|"
    r"is there an?|do we have an?|show me(?: the| our)?|give me(?: the| our)?|walk me "
    r"through(?: the| our)?|what do we do (?:when|if))\s+"
)
_SOURCE = re.compile(
    r"(?i)[\s,.?!-]*\b(?:(?:please )?(?:check|look in|see|search|according to|per|in|from|based on) (?:the|our)"
    r" (?:\w+ )?(?:handbook|policy|policies|docs?|documents?|sop|manual|knowledge base|wiki|guide))[\s.?!]*$"
)


def question_text(found: Entities) -> str | None:
    """What to look up in the documents: the question without its lead-in."""
    text = _LEAD.sub("", found.message).strip()
    text = _SOURCE.sub("", text)
    text = _QUESTION.sub("", text)
    short = _ASK.sub("", text, count=1)
    said = tidy(short if len(short.split()) >= 2 or short != text else text).rstrip("?!. ")
    return said or tidy(text).rstrip("?!. ") or None


_ROLES = re.compile(
    r"(?i)\b(?:(?:chief \w+ officers?|c[efoitm]os?|(?:senior |sr |regional |assistant |executive |managing |"
    r"district )*(?:(?:vice presidents?|vps?|evps?|svps?|presidents?|directors?|heads?|managers?) of [a-z]+(?: "
    r"[a-z]+)?"
    r"|(?:(?:asset|property|portfolio|regional|community|leasing|facilities|maintenance|investment|"
    r"acquisitions?|development|operations|marketing|finance|account|general|office|procurement|construction|"
    r"capital markets|sales|it)\s)+(?:managers?|directors?|vps?|analysts?|associates?|officers?|supervisors?|"
    r"leads?|heads?|agents?|consultants?)"
    r"|managers?|directors?|vps?|vice presidents?|presidents?|owners?|founders?|partners?|principals?|brokers?|"
    r"analysts?|controllers?|treasurers?|controllers?|accountants?|investors?|lenders?|developers?|attorneys?|"
    r"lawyers?|decision[ -]makers?|consultants?|executives?|supervisors?|buyers?)))\b"
)


def role_text(found: Entities, gone: list[Span]) -> str | None:
    """A job title ("CFO", "asset managers", "head of acquisitions")."""
    text = blank(found.message, gone, " \u2060 ")
    m = _ROLES.search(text)
    if m:
        return tidy(m.group())
    titled = re.search(
        r"(?i)\b(?:with (?:the )?(?:title|role)|whose (?:title|role) is|title[d:]?|role[: ])\s*(?P<r>[\w ]+)", text
    )
    return tidy(titled["r"]) if titled else None
