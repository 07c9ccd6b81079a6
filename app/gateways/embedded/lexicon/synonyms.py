"""How people say the values of enumerated arguments. A value that is not listed is known by its own words."""

import re
from functools import cache

#: (argument, value) → pattern; an argument ending in "!" holds for tools that change something.
_SYNONYMS: dict[tuple[str, str], str] = {
    (
        "status",
        "open",
    ): r"open(?!ing)|outstanding|unresolved|active|still pending|unfinished|not (?:done|finished|completed)|incomplete",
    ("status", "in_progress"): r"in[ -]progress|in the works|being worked on|under ?way|started|working on|ongoing",
    ("status", "completed"): r"completed?|done|finished|closed(?: out)?|resolved|fixed|wrapped up",
    ("status", "on_hold"): r"on[ -]hold|paused|held up|waiting on parts|stuck|stalled",
    ("status", "done"): r"done|completed?|finish(?:ed)?|closed|wrapped up|checked off|knocked out",
    ("status", "overdue"): r"over ?due|past[ -]?due|late\b|behind",
    (
        "status",
        "unpaid",
    ): r"unpaid|outstanding|still (?:have to |need to )?(?:pay|owe)|(?:not|n't|nt) (?:been )?paid|have(?:n't|"
    r"nt| not) (?:we )?paid"
    r"|(?:do )?we (?:still )?owe|to pay|open|unsettled",
    ("status", "paid"): r"(?<!un)(?<!not )(?<!n't )(?<!nt )(?<!been )(?:already )?\bpaid|settled|we paid",
    (
        "status",
        "pending_approval",
    ): r"pending(?: approval)?|await(?:ing|s)? (?:\w+ )?approval|wait(?:ing|s)? (?:on|for) (?:\w+ )"
    r"?(?:approval|sign[ -]?off|to be approved)"
    r"|need(?:s|ing)? (?:to be |my |our )?(?:approv\w+|sign[ -]?off)|to approve|unapproved|not (?:yet )?approved",
    ("status", "active"): r"active|open(?!ing)|still (?:looking|interested)",
    (
        "status",
        "not_contacted",
    ): r"uncontacted|untouched|(?:nobody|no one)(?: has|'s)?(?: yet)? (?:been in touch|contacted|called|followed up)|"
    r"(?:not|never|haven'?t|hasn'?t|have not|has not)(?: yet)?(?: been)? (?:contacted|called(?: back)?|followed up)|"
    r"without (?:a )?follow[ -]?up",
    ("status!", "open"): r"re-?open\w*|(?:back )?(?:to|as|is) open|mark(?:ed)? open",
    (
        "status!",
        "in_progress",
    ): r"in[ -]progress|under ?way|start(?:ed|ing)?(?! date)|(?:is|are|be|being|'s) (?:on it|taking care of|"
    r"work(?:ed|ing) on)|begun|working on|taking care of",
    (
        "status!",
        "completed",
    ): r"clos(?:e|ed|ing)(?: out)?|complet(?:e|ed)|done|finish(?:ed)?|resolv(?:e|ed)|fixed|wrapped up|all set",
    (
        "status!",
        "on_hold",
    ): r"on[ -]hold|paus(?:e|ed)|hold off|hold (?:up )?on|(?:^|please |pls )hold|waiting (?:on|for) (?:the |a )"
    r"?parts?|park it",
    ("priority", "emergency"): r"emergenc(?:y|ies)",
    ("priority", "high"): r"high[ -]?(?:priority|prio|pri)?(?!\w)|urgent(?:ly)?|rush|top priority",
    (
        "priority",
        "low",
    ): r"low[ -]?(?:priority|prio|pri)(?!\w)|not urgent|no rush|non-?urgent|whenever|priority low|low(?= "
    r"(?:ones|tickets|work|only))",
    ("priority", "normal"): r"normal(?:[ -]priority)?|regular priority|standard priority|medium(?: priority)?|routine",
    ("category", "plumbing"): r"plumb\w*|leak\w*|toilets?|drains?|faucets?|pipes?",
    ("category", "electrical"): r"electric\w*|wiring|outlets?|lighting",
    ("category", "hvac"): r"hvac|a/?c\b|air[ -]?con\w*|heat(?:ing|er)?|cooling|furnace",
    ("category", "appliance"): r"appliances?|dishwashers?|fridges?|refrigerators?|washers?|dryers?|ovens?|stoves?",
    ("category", "pest"): r"pests?|exterminat\w*|bugs?|roach\w*|bed ?bugs?|mice|mouse|rodents?|ants|termites?|rats?",
    ("category", "general"): r"general|handym[ae]n|misc\w*",
    (
        "category",
        "landscaping",
    ): r"landscap\w*|lawn\w*|gardener\w*|grounds ?keep\w*|mow\w*|tree (?:trim\w*|service|guy)|yard\w*|irrigation",
    ("category", "painting"): r"paint\w*",
    ("category", "locksmith"): r"lock ?smith\w*|locks?\b|re-?key\w*|lock (?:guy|company|person)|keys? made",
    ("category", "cleaning"): r"clean\w*|maids?|janitor\w*|housekeep\w*|turn crew",
    (
        "event_type",
        "move_in",
    ): r"move?(?:s|d)?[ -]?ins?|moving (?:in|into)|moves? (?:in|into)|new (?:residents|tenants|arrivals)|"
    r"arriv\w+|moved (?:in|into)|getting keys",
    (
        "event_type",
        "move_out",
    ): r"move?(?:s|d)?[ -]?outs?|moving out|moves? out|vacat\w+|leaving|depart\w+|moved out|giving up their "
    r"(?:unit|apartment)|turning in (?:their )?keys",
    (
        "notice_type",
        "late_rent",
    ): r"late(?: rent| payment| pay)?|pay[ -]or[ -](?:quit|vacate)|unpaid rent|over ?due(?: rent)?|past[ "
    r"-]?due|non-?payment|"
    r"(?:not|n't|nt) paid|behind on (?:the )?rent|demand for (?:rent|payment)|3[ -]day",
    ("notice_type", "lease_violation"): r"violat\w+|breach\w*|unauthorized|noise|write (?:him|her|them) up|smoking",
    (
        "notice_type",
        "non_renewal",
    ): r"non?[ -]?renew\w*|not? (?:be |going to be )?(?:renew\w+|extend\w+)|(?:n't|nt|cannot|can not) (?:be )"
    r"?renew\w*|notice not to renew|not offering (?:a |her |him |them )?renew\w*",
    (
        "notice_type",
        "entry",
    ): r"entry|enter(?:ing)?|notice to access|right of (?:access|entry)|access(?: notice)?|get into|go(?:ing)? into",
    ("inspection_type", "annual"): r"annuals?|yearly|once a year|year-?end",
    ("inspection_type", "safety"): r"safety|fire|smoke detector",
    ("inspection_type", "move_in"): r"move?s?[ -]?in|moving in|pre[ -]?move[ -]?in",
    ("inspection_type", "move_out"): r"move?s?[ -]?out|moving out|vacating",
    ("stage", "prospecting"): r"prospecting|prospect(?:s)? stage|early stage|top of (?:the )?funnel",
    ("stage", "qualified"): r"qualif\w+",
    ("stage", "proposal"): r"proposals?|proposed|quoted",
    ("stage", "negotiation"): r"negotiat\w+|haggling|redlin\w+",
    (
        "stage",
        "closed_won",
    ): r"clos(?:e|ed)[ -]?(?:as )?won|won|wins?|we (?:got|landed) (?:it|them)|signed?(?! off)|landed|got the signature",
    (
        "stage",
        "closed_lost",
    ): r"clos(?:e|ed)[ -]?(?:as )?lost|lost|lose|losing|losses|went with (?:someone|somebody) else|went "
    r"(?:elsewhere|another way)|dead|passed on us|fell through|walked away",
    ("metric", "noi"): r"n\.?o\.?i\b\.?|net operating income|net income|operating income|"
    r"(?:un)?profit\w*|(?:los\w+|mak\w+|earn\w*) (?:us )?(?:the )?(?:most|least|more|less) money|money losers?",
    (
        "metric",
        "revenue",
    ): r"revenues?|total income|gross income|(?<!net )(?<!operating )(?<!net operating )income|(?:bring|"
    r"brought|bringing|pull|pulled|pulling|take|took|taking) in\b|top ?line|"
    r"(?:make|making|made|earn|earned|earning)(?= |$)(?! (?:sure|it a|a|an|the ))|gross(?:ed)?|billings",
    (
        "metric",
        "operating_expenses",
    ): r"op ?ex|operating (?:expenses?|costs?)|expenses?|expenditures?|running costs|costs? (?:us )?to (?:run|"
    r"operate)|operating spend",
    (
        "metric",
        "delinquency_rate",
    ): r"delinquen\w+(?: (?:rate|percent\w*|%))?|bad debt|past[ -]due rate|collections? loss",
    (
        "metric",
        "average_rent",
    ): r"(?:average|avg\.?|mean|typical) (?:monthly )?(?:asking |effective )?rents?|rents? (?:average|avg)|how "
    r"much is (?:the )?(?:average|avg) rent",
    (
        "metric",
        "renewal_rate",
    ): r"renewal(?:s)? (?:rate|percent\w*|%)|retention(?: rate)?|renew(?:ed|ing|als?)?|percent (?:of \w+ )?renew\w+",
    (
        "metric",
        "turnover_cost",
    ): r"turn ?over(?: costs?| spend| expenses?)?|turn costs?|turns\b|make[ -]?readys?(?: costs?)?|unit turns?|"
    r"costs? (?:per|of) turns?",
    ("metric", "occupancy"): r"occupanc\w+|occupied|fuller|full(?:est)?|leased(?: up)?|occ\b",
    ("topic", "leasing"): r"leas\w+|tours?|availability|occupancy|rental traffic",
    ("topic", "maintenance"): r"maintenance|work orders?|tickets?|repairs?|service requests?",
    (
        "topic",
        "collections",
    ): r"collections?|delinquen\w+|past[ -]?due|late (?:rent|payers?|payments)|who owes|rent collection|a/?r\b|"
    r"receivables",
    ("topic", "kpi"): r"kpis?|metrics?|performance|key numbers|numbers|noi|financials?|scorecard|dashboard",
    ("topic", "crm"): r"crm|pipeline|deals?|sales|hubspot|contacts|salesforce",
    (
        "frequency",
        "daily",
    ): r"daily|every ?day|each day|each morning|every (?:morning|evening|afternoon|night|weekday)|nightly|once "
    r"a day|weekdays",
    (
        "frequency",
        "weekly",
    ): r"weekly|every week|each week|once a week|(?:every|each|on) (?:mon|tues|wednes|thurs|fri|satur|sun)"
    r"day\w?|(?:mon|tues|wednes|thurs|fri|satur|sun)days"
    r"|every (?:mon|tues?|weds?|thurs?|thu|fri|sat|sun)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day "
    r"(?:morning|afternoon)s?",
    (
        "frequency",
        "monthly",
    ): r"monthly|every month|each month|once a month|first of (?:the|each|every) month|per month",
    (
        "group_by",
        "user",
    ): r"(?:by|per|each|every|across|which|what|who|for each) ?(?:user|person|people|teammates?|employees?|"
    r"team members?|individual)s?|user|who (?:used|uses|is using|has been using|'s using)|whos using|broken "
    r"(?:down|out) by (?:user|person)",
    ("group_by", "channel"): r"(?:slack )?channels?",
    ("group_by", "model"): r"(?:llm |ai )?models?",
    ("group_by", "day"): r"(?:by|per|each|every|a) day|daily|day by day|by date",
}
for _day in "monday tuesday wednesday thursday friday saturday sunday".split():
    _short = {"tuesday": "tues?", "wednesday": "weds?", "thursday": "thurs?|thu"}.get(_day, _day[:3])
    _SYNONYMS["day_of_week", _day] = rf"{_day}(?:s|'s)?|{_short}"

#: Where several values fit the same words, the one named first here is meant.
_STRONGER = (
    "pending_approval", "overdue", "unpaid", "on_hold", "in_progress", "non_renewal", "entry", "lease_violation",
    "closed_lost", "closed_won", "noi", "turnover_cost", "average_rent", "delinquency_rate", "renewal_rate",
    "operating_expenses", "occupancy", "revenue", "crm", "collections", "maintenance", "leasing", "kpi",
)  # fmt: skip


@cache
def pattern_of(argument: str, value: str, *, changes: bool) -> re.Pattern[str]:
    """What in a message names this value of this argument; `changes` for tools that write."""
    own = r"[ _-]?".join(re.escape(part) for part in value.split("_"))
    known = _SYNONYMS.get((f"{argument}!", value)) if changes else None
    known = known or _SYNONYMS.get((argument, value))
    return re.compile(rf"(?<![\w#])(?:{known}|{own})(?!\w)" if known else rf"(?<![\w#])(?:{own})(?!\w)")


def strength(value: str) -> int:
    """Lower is stronger, for values that fit the same words."""
    return _STRONGER.index(value) if value in _STRONGER else len(_STRONGER)


_FLAGS = {
    "pet_friendly": r"pet[ -]friendly|pets?\b|pet[ -]ok|dogs?\b|cats?\b|puppy|puppies|kittens?\b|animals?\b|labs?\b|"
    r"pit ?bulls?\b|golden retrievers?|furry",
}
_NO = r"(?:\bno|\bwithout|\bnot|n't (?:have|need|allow|want|care about)|\bdoesn't (?:have|need)) (?:any |a |about )?"


@cache
def flag_pattern(argument: str) -> re.Pattern[str]:
    """What in a message names a yes/no argument."""
    known = _FLAGS.get(argument, r"[ _-]?".join(re.escape(part) for part in argument.split("_")))
    return re.compile(rf"\b(?:{known})")


def flag_is_set(argument: str, message: str) -> bool:
    """True when the words ask for a yes/no argument and do not deny it."""
    low = message.lower()
    pattern = flag_pattern(argument)
    return bool(pattern.search(low)) and not re.search(_NO + pattern.pattern, low)
