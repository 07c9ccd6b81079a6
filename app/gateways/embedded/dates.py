"""Dates and periods as people write them, resolved against today.

Knows calendar language only ("next Friday", "Q1", "the last 30 days", "3/25"). Which argument a date fills is
decided elsewhere; a month or quarter without a year is resolved both ways (`past`, `future`) because only the
tool knows whether people ask it about what was or what will be.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from app.gateways.embedded.numbers import NUMBER_WORDS
from app.gateways.embedded.text import Span

Period = tuple[date, date]
Bound = Literal["on", "since", "until", "as_of"]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb febuary", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri",
            "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>20\d\d)"
_WEEKDAY = r"(?P<weekday>" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")s?\b"
_COUNT = r"(?P<n>\d{1,3}|an?|couple(?: of)?|few|" + "|".join(NUMBER_WORDS) + r")"
_UNIT = r"(?P<unit>day|week|month|quarter|year)s?"
_WHICH = r"(?P<which>this|current|next|last|past|previous|prior|coming|upcoming|following|the)"


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date or period in the message; `past` and `future` differ only where the year was left open."""

    span: Span
    past: Period
    future: Period
    bound: Bound = "on"
    #: True for one calendar day, False for a period.
    day: bool = True

    def period(self, *, prefer_past: bool) -> Period:
        """First and last day, both inclusive."""
        return self.past if prefer_past else self.future


Found = tuple[Period, Period, bool]
Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], Found | None]]


def month_period(year: int, month: int) -> Period:
    """First and last day of a month; month may run past 12 or below 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def quarter_period(year: int, quarter: int) -> Period:
    """First and last day of a quarter; quarter may run past 4 or below 1."""
    first = (quarter - 1) * 3 + 1
    return month_period(year, first)[0], month_period(year, first + 2)[1]


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last day."""
    first, last = month_period(day.year, day.month + months)
    return first.replace(day=min(day.day, last.day))


def _same(first: date, last: date | None = None) -> Found:
    period = (first, last or first)
    return period, period, last is None


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _count(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text.startswith("couple"):
        return 2
    return {"a": 1, "an": 1, "few": 3}.get(text) or int(NUMBER_WORDS.get(text, 1))


def _relative_word(m: re.Match[str], today: date) -> Found:
    offset = {"today": 0, "tonight": 0, "tomorrow": 1, "tonite": 0, "yesterday": -1}
    word = re.sub(r"[^a-z]", "", m["word"])
    if "dayafter" in word:
        return _same(today + timedelta(2))
    if "daybefore" in word:
        return _same(today - timedelta(2))
    return _same(today + timedelta(offset.get(word, -1 if word.startswith("y") else 1)))


def _now(_m: re.Match[str], today: date) -> Found:
    return _same(today)


def _iso(m: re.Match[str], today: date) -> Found | None:
    day = _safe_date(int(m["year"]), int(m["m"]), int(m["d"]))
    return _same(day) if day else None


def _open_year(month: int, day: int, today: date) -> Found | None:
    years = [_safe_date(today.year + step, month, day) for step in (-4, -1, 0, 1, 4)]
    known = [d for d in years if d]
    past = [d for d in known if d <= today]
    future = [d for d in known if d >= today]
    if not past or not future:
        return None
    return (past[-1], past[-1]), (future[0], future[0]), True


def _slashed(m: re.Match[str], today: date) -> Found | None:
    month, day = int(m["m"]), int(m["d"])
    if m["year"]:
        year = int(m["year"])
        exact = _safe_date(year + 2000 if year < 100 else year, month, day)
        return _same(exact) if exact else None
    return _open_year(month, day, today)


def _month_day(m: re.Match[str], today: date) -> Found | None:
    month, day = MONTHS[m["month"]], int(m["day"])
    if m["year"]:
        exact = _safe_date(int(m["year"]), month, day)
        return _same(exact) if exact else None
    return _open_year(month, day, today)


def _month_days(m: re.Match[str], today: date) -> Found | None:
    month = MONTHS[m["month"]]
    first, last = _open_year(month, int(m["day"]), today), _open_year(month, int(m["day2"]), today)
    if not first or not last:
        return None
    year_past, year_future = last[0][0].year, first[1][0].year
    past = _safe_date(year_past, month, int(m["day"])), last[0][0]
    future = first[1][0], _safe_date(year_future, month, int(m["day2"]))
    if not past[0] or not future[1]:
        return None
    return (past[0], past[1]), (future[0], future[1]), False


def _month_alone(m: re.Match[str], today: date) -> Found:
    month = MONTHS[m["month"]]
    which = (m["which"] or "").strip()
    if m["year"]:
        return _same(*month_period(int(m["year"]), month))
    past_year = today.year if month <= today.month else today.year - 1
    future_year = today.year if month >= today.month else today.year + 1
    if which in {"last", "past", "previous"} and month == today.month:
        past_year -= 1
    if which in {"last", "past", "previous"}:
        future_year = past_year
    if which == "next":
        future_year += month == today.month
        past_year = future_year
    if which == "this":
        past_year = future_year = today.year
    return month_period(past_year, month), month_period(future_year, month), False


def _month_edge(m: re.Match[str], today: date) -> Found:
    past, future, _ = _month_alone(m, today)
    edge = m["edge"]

    def pick(period: Period) -> Period:
        if edge.startswith("mid"):
            return period[0] + timedelta(14), period[0] + timedelta(14)
        end = 0 if edge.startswith(("begin", "start", "first", "early")) else 1
        return period[end], period[end]

    return pick(past), pick(future), True


def _ordinal_day(m: re.Match[str], today: date) -> Found | None:
    number = int(m["day"])
    months = [month_period(today.year, today.month + step)[0] for step in (-2, -1, 0, 1, 2)]
    days: list[date] = [d for first in months if (d := _safe_date(first.year, first.month, number))]
    past, future = [d for d in days if d <= today], [d for d in days if d >= today]
    if not past or not future:
        return None
    return (past[-1], past[-1]), (future[0], future[0]), True


def _weekday(m: re.Match[str], today: date) -> Found:
    number = WEEKDAYS[m["weekday"]]
    which = (m["which"] or "").strip()
    monday = today - timedelta(today.weekday())
    ahead = today + timedelta((number - today.weekday()) % 7 or 7)
    if "week" in (m["suffix"] or "") or which == "next":
        return _same(monday + timedelta(7 + number))
    if which in {"last", "past", "previous"}:
        return _same(today - timedelta((today.weekday() - number) % 7 or 7))
    if which == "this":
        this = monday + timedelta(number)
        return _same(this if this >= today else ahead)
    back = today - timedelta((today.weekday() - number) % 7 or 7)
    return (back, back), (ahead, ahead), True


def _weekend(m: re.Match[str], today: date) -> Found:
    saturday = today - timedelta(today.weekday()) + timedelta(5)
    which = (m["which"] or "").strip()
    step = {"next": 7, "last": -7, "past": -7, "previous": -7}.get(which, 0)
    return _same(saturday + timedelta(step), saturday + timedelta(step + 1))


def unit_period(unit: str, step: int, today: date) -> Period:
    """The calendar week (Monday to Sunday), month, quarter or year, `step` of them away from today's."""
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * step)
        return monday, monday + timedelta(6)
    if unit == "month":
        return month_period(today.year, today.month + step)
    if unit == "quarter":
        return quarter_period(today.year, (today.month - 1) // 3 + 1 + step)
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    return today + timedelta(step), today + timedelta(step)


_STEP = {"this": 0, "current": 0, "the": 0, "next": 1, "coming": 1, "upcoming": 1, "following": 1}


def _which_unit(m: re.Match[str], today: date) -> Found:
    return _same(*unit_period(m["unit"], _STEP.get(m["which"], -1), today))


def _edge_of_unit(m: re.Match[str], today: date) -> Found:
    which = m["which"] or "this"
    unit = m["unit"]
    step = _STEP.get(which, -1)
    first, last = unit_period(unit, step, today)
    if m["edge"].startswith(("begin", "start", "first")):
        return _same(first)
    if m["edge"].startswith("mid"):
        return _same(first + (last - first) // 2)
    if unit == "week":
        return _same(first + timedelta(4))
    return _same(last)


def _to_date(m: re.Match[str], today: date) -> Found:
    unit = {"y": "year", "m": "month", "q": "quarter", "w": "week"}[m["td"][0]]
    return _same(unit_period(unit, 0, today)[0], today)


def _span_units(m: re.Match[str], today: date) -> Found:
    n, unit = _count(m["n"]), m["unit"]
    back = m["which"] in {"last", "past", "previous", "prior"}
    sign = -1 if back else 1
    if unit in {"month", "quarter", "year"}:
        edge = add_months(today, sign * n * {"month": 1, "quarter": 3, "year": 12}[unit])
    else:
        edge = today + timedelta(sign * n * (7 if unit == "week" else 1))
    return _same(edge, today) if back else _same(today, edge)


def _in_units(m: re.Match[str], today: date) -> Found:
    n, unit = _count(m["n"]), m["unit"]
    sign = -1 if m["ago"] else 1
    if unit in {"month", "quarter", "year"}:
        return _same(add_months(today, sign * n * {"month": 1, "quarter": 3, "year": 12}[unit]))
    return _same(today + timedelta(sign * n * (7 if unit == "week" else 1)))


def _quarter(m: re.Match[str], today: date) -> Found:
    number = int(m["q"]) if m["q"] else {"first": 1, "second": 2, "third": 3, "fourth": 4}[m["qq"]]
    if m["year"]:
        return _same(*quarter_period(int(m["year"]) % 100 + 2000, number))
    years = [quarter_period(today.year + step, number) for step in (-1, 0, 1)]
    past = [p for p in years if p[0] <= today][-1]
    future = next(p for p in years if p[1] >= today)
    return past, future, False


def _half(m: re.Match[str], today: date) -> Found:
    first_half = m["h"] == "1" or m["hh"] == "first"
    year = int(m["year"]) if m["year"] else today.year
    return _same(date(year, 1, 1), date(year, 6, 30)) if first_half else _same(date(year, 7, 1), date(year, 12, 31))


def _year(m: re.Match[str], today: date) -> Found:
    year = int(m["year"])
    if m["edge"]:
        return _same(date(year, 12, 31) if m["edge"].startswith("end") else date(year, 1, 1))
    return _same(date(year, 1, 1), date(year, 12, 31))


def _rest(m: re.Match[str], today: date) -> Found:
    return _same(today, unit_period(m["unit"], 0, today)[1])


def _edge_short(m: re.Match[str], today: date) -> Found:
    unit = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[m["eox"][-1]]
    first, last = unit_period(unit, 0, today)
    return _same(first + timedelta(4)) if unit == "week" else _same(last)


_EDGE = r"(?P<edge>end|beginning|start|first day|last day|middle|mid|close|first|early|late)"
_RULES: tuple[Rule, ...] = tuple(
    (re.compile(rf"(?<![\w/$.,-])(?:{pattern})(?![\w/]|-\d|,\d|\.\d)"), resolve)
    for pattern, resolve in (
        (rf"{_YEAR}-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
        (r"(?P<m>1[0-2]|0?[1-9])[/](?P<d>3[01]|[12]\d|0?[1-9])(?:/(?P<year>20\d\d|\d\d))?"
         r"(?! ?(?:bath|bed|mile|off)|/)", _slashed),
        (rf"{_MONTH} ?{_DAY} ?(?:-|to|through|thru|and) ?(?P<day2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?", _month_days),
        (rf"{_MONTH} ?{_DAY}(?:,? {_YEAR})?", _month_day),
        (rf"(?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _month_day),
        (rf"{_COUNT} {_UNIT} (?P<ago>)from (?:now|today)", _in_units),
        (r"(?P<word>(?:the )?day after tomorrow|(?:the )?day before yesterday|today|tonight|tonite"
         r"|tomorrow|tmrw|tmr|tmw|tomorow|tommorow|tommorrow|2morrow|yesterday|yday|yesterdays|todays"
         r"|today's|tomorrow's|yesterday's)", _relative_word),
        (r"(?P<word>(?:right )?now)(?= (?:and|to|until|till|til|through|thru) )", _now),
        (r"(?:q(?P<q>[1-4])|(?P<qq>first|second|third|fourth) quarter)(?: (?:of )?(?:'?(?P<year>20\d\d|\d\d)))?",
         _quarter),
        (rf"(?:the )?{_EDGE}[ -](?:of )?(?:(?P<which>this|next|last) )?{_MONTH}(?:,? {_YEAR})?", _month_edge),
        (rf"(?:(?:the )?{_EDGE}|(?P<eo>eo)) ?(?:of )?(?:(?:the )?{_WHICH} )?(?P<unit>day|week|month|quarter|year)",
         _edge_of_unit),
        (r"(?P<eox>eom|eow|eoy|eod|eoq)", _edge_short),
        (r"(?:the )?rest of (?:the|this) (?P<unit>week|month|quarter|year)", _rest),
        (rf"(?:(?:over|in|within|for|during) )?(?:the )?{_WHICH} {_COUNT} {_UNIT}", _span_units),
        (rf"within (?P<which>) ?{_COUNT} {_UNIT}", _span_units),
        (rf"in {_COUNT} {_UNIT}(?P<ago>)(?: from now)?", _in_units),
        (rf"{_COUNT} {_UNIT} (?P<ago>ago)", _in_units),
        (rf"(?:(?P<which>this|next|last|past|previous|coming|on|every|each) )?{_WEEKDAY}(?P<suffix> (?:of )"
         rf"?next week)?",
         _weekday),
        (r"(?:on )?(?:(?P<which>this|next|last|past|previous|the|coming) )?weekend", _weekend),
        (r"(?P<td>ytd|mtd|qtd|wtd|year[ -]to[ -]date|month[ -]to[ -]date|quarter[ -]to[ -]date|week[ -]to[ -]date)",
         _to_date),
        (r"so far this (?P<td>year|month|quarter|week)", _to_date),
        (r"this (?P<td>year|month|quarter|week) so far", _to_date),
        (r"(?P<which>this|current|next|last|past|previous|prior|coming|upcoming|following) "
         r"(?P<unit>week|month|quarter|year)(?:'s)?", _which_unit),
        (r"(?:h(?P<h>[12])|(?P<hh>first|second) half)(?: (?:of )?(?P<year>20\d\d))?", _half),
        (rf"(?:(?P<which>this|next|last|past|previous) )?{_MONTH}(?: (?:of )?{_YEAR})?(?:'s)?", _month_alone),
        (r"(?:the )?(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)(?: of (?:the|this) month)?", _ordinal_day),
        (rf"(?:the )?(?:(?P<edge>end|start|beginning) of )?(?:year )?{_YEAR}", _year),
    )
)  # fmt: skip


_UNTIL = (
    r"(?:by|before|until|till|til|through|thru|no later than|up to|up until|prior to|on or before|ending|"
    r"due by|ahead of)"
)
_SINCE = r"(?:since|after|from|starting|beginning|starts|begins|start|begin|effective|on or after|first one)"
_BOUND = re.compile(
    rf"(?:\b(?P<until>{_UNTIL})|\b(?P<since>{_SINCE})|\b(?P<as_of>as of|as at))"
    r"(?: (?:the|on|from|by|in))*\s*$"
)
_RANGE_LEFT = re.compile(r"\b(?:between|from|for|btwn|btw)?\s*$")
_RANGE_MIDDLE = re.compile(r"\s*(?:and|to|through|thru|until|till|-|\.\.)\s*(?:the )?")


def find_dates(message: str, today: date) -> list[DateMention]:
    """Every date and period in the message, in order, with bounds ("by", "since") and pairs joined to ranges.

    The spans include the words that bind ("by May 1"), so that free text loses them with the date.
    """
    low = message.lower()
    found: list[DateMention] = []
    for pattern, resolve in _RULES:
        for m in pattern.finditer(low):
            span = Span(m.start(), m.end())
            if any(span.overlaps(f.span) for f in found) or _is_ordinary_word(m, message):
                continue
            resolved = resolve(m, today)
            if resolved:
                past, future, day = resolved
                found.append(DateMention(span, past, future, day=day))
    found.sort(key=lambda f: f.span.start)
    return _bind(low, _join_ranges(low, found))


def _is_ordinary_word(m: re.Match[str], message: str) -> bool:
    """True for "may", "mar", "sat", "sun", "wed" … where they are hardly a date."""
    word = m.group().strip()
    before = message[: m.start()].lower()
    if word in {"sat", "sun", "wed", "mon"} and re.match(
        r"(?i)\s*(?:(?:at|@|around|by)?\s*\d|at noon|morning|afternoon|evening|noon|$)", message[m.end() :]
    ):
        return False
    if word in {"may", "mar", "sun", "sat", "wed", "mon", "dec", "march"} and not re.search(
        r"\b(?:in|for|by|this|next|last|since|until|through|of|on|from|thru|before|after|about|and|do|vs)\s*$", before
    ):
        alone = not before.strip() and len(message.strip(" ?!.")) <= len(word) + 1
        capital = message[m.start()].isupper() and before.strip() != ""
        return not (alone or capital or (word == "march" and not before.strip()))
    return bool(re.fullmatch(r"(?:the )?(?:20\d\d)", word)) and not re.search(
        r"\b(?:in|for|of|during|since|year|from|all|through|thru|fy|by|vs|and|about|the|until|end|same)\s*$|^\s*$",
        before,
    )


def _join_ranges(low: str, found: list[DateMention]) -> list[DateMention]:
    out: list[DateMention] = []
    for mention in found:
        previous = out[-1] if out else None
        if previous and _RANGE_MIDDLE.fullmatch(low[previous.span.end : mention.span.start]):
            left = _RANGE_LEFT.search(low[: previous.span.start])
            middle = low[previous.span.end : mention.span.start].strip()
            opened = bool(left and left.group().strip())
            if opened or middle != "and":
                start = left.start() if left and opened else previous.span.start
                past_end = mention.past[1] if mention.past[1] >= previous.past[0] else mention.future[1]
                future_end = mention.future[1]
                past = previous.past[0], past_end
                if past[1] < past[0] or mention.past[0] < previous.past[0] <= mention.future[0]:
                    past = previous.past[0], mention.future[1]
                out[-1] = DateMention(
                    Span(start, mention.span.end),
                    past,
                    (previous.future[0], max(future_end, previous.future[0])),
                    day=False,
                )
                continue
        out.append(mention)
    return out


def _bind(low: str, found: list[DateMention]) -> list[DateMention]:
    out: list[DateMention] = []
    for mention in found:
        m = _BOUND.search(low[: mention.span.start])
        if not m:
            lead = re.search(
                r"\b(?:on|in|for|during|at|of|over|as of|due|the)\s+(?:the\s+)?$", low[: mention.span.start]
            )
            start = lead.start() if lead else mention.span.start
            out.append(replace(mention, span=Span(start, mention.span.end)))
            continue
        bound: Bound = "until" if m["until"] else "as_of" if m["as_of"] else "since"
        if not mention.day and m.group().split()[0] in {"from", "ending", "starting", "beginning", "start", "begin"}:
            bound = "on"  # "leases ending this month", "from last week" name the period itself
        start = m.start()
        due = re.search(r"\bdue\s+$", low[:start])
        out.append(replace(mention, span=Span(due.start() if due else start, mention.span.end), bound=bound))
    return out
