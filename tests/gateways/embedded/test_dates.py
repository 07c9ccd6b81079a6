"""Dates and times as people write them, on Wednesday 2026-03-18 at 10:30."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.gateways.embedded.dates import find_dates
from app.gateways.embedded.times import find_times

TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 10, 30)  # noqa: DTZ001

# words, first day, last day (looking ahead where the year is open)
PERIODS = """
today | 2026-03-18
tonight | 2026-03-18
tomorrow | 2026-03-19
tmrw | 2026-03-19
tommorow | 2026-03-19
yesterday | 2026-03-17
day after tomorrow | 2026-03-20
the day before yesterday | 2026-03-16
friday | 2026-03-20
this friday | 2026-03-20
on fri | 2026-03-20
next friday | 2026-03-27
next monday | 2026-03-23
next tuesday | 2026-03-24
next thursday | 2026-03-26
next sunday | 2026-03-29
thursday | 2026-03-19
wednesday | 2026-03-25
last friday | 2026-03-13
last wednesday | 2026-03-11
monday of next week | 2026-03-23
friday next week | 2026-03-27
this weekend | 2026-03-21 | 2026-03-22
next weekend | 2026-03-28 | 2026-03-29
last weekend | 2026-03-14 | 2026-03-15
this week | 2026-03-16 | 2026-03-22
next week | 2026-03-23 | 2026-03-29
last week | 2026-03-09 | 2026-03-15
this month | 2026-03-01 | 2026-03-31
next month | 2026-04-01 | 2026-04-30
last month | 2026-02-01 | 2026-02-28
previous month | 2026-02-01 | 2026-02-28
this quarter | 2026-01-01 | 2026-03-31
next quarter | 2026-04-01 | 2026-06-30
last quarter | 2025-10-01 | 2025-12-31
this year | 2026-01-01 | 2026-12-31
last year | 2025-01-01 | 2025-12-31
next year | 2027-01-01 | 2027-12-31
year to date | 2026-01-01 | 2026-03-18
ytd | 2026-01-01 | 2026-03-18
mtd | 2026-03-01 | 2026-03-18
so far this quarter | 2026-01-01 | 2026-03-18
end of month | 2026-03-31
end of the month | 2026-03-31
end of last month | 2026-02-28
end of next month | 2026-04-30
end of the week | 2026-03-20
end of year | 2026-12-31
end of last year | 2025-12-31
end of last quarter | 2025-12-31
beginning of next month | 2026-04-01
start of the year | 2026-01-01
eom | 2026-03-31
eoy | 2026-12-31
end of may | 2026-05-31
end of april | 2026-04-30
beginning of june | 2026-06-01
mid april | 2026-04-15
rest of the month | 2026-03-18 | 2026-03-31
next 60 days | 2026-03-18 | 2026-05-17
the next two weeks | 2026-03-18 | 2026-04-01
next 3 months | 2026-03-18 | 2026-06-18
over the next 30 days | 2026-03-18 | 2026-04-17
last 30 days | 2026-02-16 | 2026-03-18
past 7 days | 2026-03-11 | 2026-03-18
the last two weeks | 2026-03-04 | 2026-03-18
last 6 months | 2025-09-18 | 2026-03-18
in 3 days | 2026-03-21
in two weeks | 2026-04-01
in a month | 2026-04-18
a week from today | 2026-03-25
2 weeks ago | 2026-03-04
april | 2026-04-01 | 2026-04-30
in june | 2026-06-01 | 2026-06-30
in may | 2026-05-01 | 2026-05-31
feb 2026 | 2026-02-01 | 2026-02-28
january 2026 | 2026-01-01 | 2026-01-31
december 2025 | 2025-12-01 | 2025-12-31
last december | 2025-12-01 | 2025-12-31
april 15 | 2026-04-15
april 15th | 2026-04-15
apr 2nd | 2026-04-02
the 15th of april | 2026-04-15
15 april | 2026-04-15
march 31 | 2026-03-31
march 18 | 2026-03-18
feb 28, 2026 | 2026-02-28
december 31 2025 | 2025-12-31
june 1-15 | 2026-06-01 | 2026-06-15
4/1 | 2026-04-01
3/25 | 2026-03-25
04/15/2026 | 2026-04-15
12/31/25 | 2025-12-31
2026-05-01 | 2026-05-01
the 25th | 2026-03-25
the 1st | 2026-04-01
the 31st | 2026-03-31
q1 | 2026-01-01 | 2026-03-31
q2 2026 | 2026-04-01 | 2026-06-30
q4 2025 | 2025-10-01 | 2025-12-31
first quarter of 2026 | 2026-01-01 | 2026-03-31
h1 2025 | 2025-01-01 | 2025-06-30
in 2025 | 2025-01-01 | 2025-12-31
between april 15 and june 15 | 2026-04-15 | 2026-06-15
from april 1 to april 10 | 2026-04-01 | 2026-04-10
april through june | 2026-04-01 | 2026-06-30
5/1 - 5/20 | 2026-05-01 | 2026-05-20
between now and april 15 | 2026-03-18 | 2026-04-15
""".strip().splitlines()


@pytest.mark.parametrize("line", PERIODS)
def test_a_date_or_period_is_read_against_today(line: str) -> None:
    words, *days = [part.strip() for part in line.split("|")]
    found = find_dates(f"show it for {words}" if words[0].isdigit() else words, TODAY)
    assert len(found) == 1, found
    assert [d.isoformat() for d in found[0].future] == [days[0], days[-1]]


def test_the_table_holds_a_hundred_cases() -> None:
    assert len(PERIODS) >= 100


@pytest.mark.parametrize(
    ("words", "past"),
    [
        ("in february", "2026-02-01"),
        ("in december", "2025-12-01"),
        ("march 3", "2026-03-03"),
        ("april 15", "2025-04-15"),
        ("q4", "2025-10-01"),
        ("friday", "2026-03-13"),
        ("the 25th", "2026-02-25"),
    ],
)
def test_an_open_year_can_be_read_backwards(words: str, past: str) -> None:
    assert find_dates(words, TODAY)[0].past[0].isoformat() == past


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        ("by may 1", "until"),
        ("before friday", "until"),
        ("through end of may", "until"),
        ("no later than 4/1", "until"),
        ("since january 1", "since"),
        ("starting april 1", "since"),
        ("as of feb 28", "as_of"),
        ("leases ending this month", "on"),
        ("on friday", "on"),
    ],
)
def test_the_words_before_a_date_bind_it(words: str, bound: str) -> None:
    assert find_dates(words, TODAY)[0].bound == bound


@pytest.mark.parametrize(
    "words",
    [
        "you may go",
        "i sat there",
        "unit 2025 please",
        "the sun is out",
        "1/2 bath",
        "30/60/90",
        "2/30",
        "13/1",
    ],
)
def test_other_words_are_no_dates(words: str) -> None:
    assert find_dates(words, TODAY) == []


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("at 2pm", "14:00"),
        ("4:15 pm", "16:15"),
        ("at noon", "12:00"),
        ("midnight", "00:00"),
        ("at 1", "13:00"),
        ("at 8", "08:00"),
        ("at 9", "09:00"),
        ("10:30", "10:30"),
        ("at 14:00", "14:00"),
        ("half past 2", "14:30"),
        ("quarter to 5", "16:45"),
        ("7:30 am please", "07:30"),
        ("8 a.m.", "08:00"),
        ("morning at 8:30", "08:30"),
        ("11ish am", "11:00"),
        ("12pm", "12:00"),
        ("12am", "00:00"),
        ("9 in the morning", "09:00"),
        ("at 7 tonight", "19:00"),
        ("in 2 hours", "12:30"),
        ("in 45 minutes", "11:15"),
        ("in an hour", "11:30"),
        ("in half an hour", "11:00"),
    ],
)
def test_a_time_of_day_is_read(words: str, time: str) -> None:
    assert [t.value for t in find_times(words, NOW)] == [time]


@pytest.mark.parametrize("words", ["at $1350", "unit 204", "2 beds", "in 3 days", "at 204 Stonegate", "5%", "WO-1042"])
def test_other_numbers_are_no_times(words: str) -> None:
    assert find_times(words, NOW) == []
