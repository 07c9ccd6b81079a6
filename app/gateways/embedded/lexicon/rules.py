"""How people ask what is allowed, what it costs by rule, who decides, and what to do: questions to documents, whatever
nouns they share with a request for data."""

import re

_SOMEBODY = (
    r"(?:i|we|he|she|they|it|you guys|someone|somebody|anyone|anybody|everyone|people|(?:an?|the|our|my|their|his|her|"
    r"this|that|each|every)(?: \w+){1,3}?|residents?|tenants?|guests?|applicants?|prospects?|owners?|vendors?|"
    r"employees?|staff|managers?|techs?|technicians?|agents?|kids|children|roommates?|dogs?|cats?|pets|animals?)"
)
_RULE = re.compile(
    r"(?i)"
    # what may and must be
    rf"\b(?:can|could|may|must|should|shall)(?:n't| not)? {_SOMEBODY}\b"
    r"(?! (?:please )?(?:see|get|have|look|pull|know)\b)|"
    r"\b(?:am i|are we|is (?:it|that|this)|are they) (?:ok|okay|fine|enough|allowed|legal|required|too|supposed)\b|"
    r"\b(?:allowed|permitted|prohibited|forbidden|supposed to|required|mandatory)\b|"
    r"\b(?:has|have|had|need|needs) to (?:be|have|do|give|get|sign|show|wait|keep|tell|ask|approve|finish)\b|"
    r",? (?:ok|okay|right|allowed)\s?\?$|"
    # what to do
    r"\b(?:what|how) (?:do|should|would|must|can) (?:i|we) (?:do|say|tell|handle|deal|answer|respond|treat|charge)\b|"
    r"\bwhat (?:does|do) (?:\S+ ){1,6}mean\b|\bwhat (?:counts|is considered|qualifies|is meant)\b|"
    r"\b(?:what(?:'s| is)? (?:now|next|if)|now what|what happens|what then)\b|\bhow do (?:i|we)\b|"
    # whose word counts, who pays
    r"\bwho (?:approves|decides|pays|signs|may|must|can|has to|needs to|gets to|is allowed|is responsible)\b|"
    # how much and how long, by rule
    r"\bhow (?:long|soon|fast|quickly|often|early|late|far|old|much notice|many (?:days|hours|weeks|months|times))\b"
    r"(?: \w+){0,3} (?:do|does|can|may|must|should|before|after|have to|until)\b|"
    r"\b(?:what|how much) (?:do|should|can|may|must) (?:i|we) (?:charge|pay|offer|spend|take|ask)\b|"
    r"\bis there (?:still )?(?:an? |any )?(?:\w+ )?(?:limit|cap|fee|fine|charge|rule|policy|penalty|maximum|minimum|"
    r"deadline|discount|procedure|form|grace period|exception)\b|"
    r"\b(?:what(?:'s|s| is| are| was| were)|how (?:much|high|large|big) (?:is|are)) (?:the|our|a) (?:\w+ ){0,3}?"
    r"(?:fine|fee|penalty|rules?|polic(?:y|ies)|limit|cap|requirements?|procedure|process|protocol|premium|deadline|"
    r"deposit|maximum|minimum|charge|terms|steps|criteria|hours)\b|"
    r"\bdo(?:es)? (?:we|the company|our company) (?:allow|accept|charge|pay|take|need|require|keep|match|offer|cover|"
    r"reimburse|sign|let|permit|provide|ever|still|have to|check|rekey|replace)\b|"
    rf"\bdo(?:es)? {_SOMEBODY} (?:\w+ )?(?:need|have to|pay|get|count|qualify|apply|go|carry|keep|move|add|earn)\b"
)


def asks_for_a_rule(message: str) -> bool:
    """True for "can residents sublet", "who approves a full month free", "he broke his lease, now what"."""
    return _RULE.search(message) is not None
