"""Calls become rows with who took part and what was said; what can't be read is named, and doubt means private."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from app.domain.clock import FixedClock
from app.domain.errors import Fixable, RetryLater
from app.http.outbound import Outbound
from app.integrations.base import Page, Reading, Row
from app.integrations.gong import CONNECTOR
from tests.http.scripted import Answer, answer, scripted
from tests.integrations.gong.rig import NOW, settings

RECENT = Reading("calls", date(2026, 1, 1), since=datetime(2026, 3, 15, tzinfo=UTC))
USERS = [
    {"id": "11", "emailAddress": "Ben@Acme.com", "emailAliases": ["ben.a@acme.com"], "firstName": "Ben",
     "lastName": "Fox"},
    {"id": "12", "emailAddress": "sara@acme.com", "firstName": "Sara", "lastName": "Lund"},
]  # fmt: skip
CALL: dict[str, Any] = {
    "metaData": {
        "id": "7782342274025937895",
        "url": "https://us-12345.app.gong.io/call?id=7782342274025937895",
        "title": "Rent guarantee",
        "started": "2026-03-16T10:00:00-05:00",
        "duration": 460,
        "primaryUserId": "11",
        "isPrivate": False,
    },
    "parties": [
        {"emailAddress": "ben@acme.com", "name": "Ben Fox", "userId": "11", "speakerId": "101",
         "affiliation": "Internal"},
        {"emailAddress": "sara@acme.com", "name": "Sara Lund", "userId": "12", "affiliation": "Internal",
         "methods": ["Invitee"]},
        {"emailAddress": "Dana@North.com", "name": "Dana Whitman", "speakerId": "102", "affiliation": "External"},
        {"emailAddress": None, "name": "Front desk", "speakerId": "103", "affiliation": "Unknown"},
    ],
    "content": {"brief": "Rent guarantees came up."},
}  # fmt: skip
SAID = [
    {"speakerId": "102", "sentences": [{"start": 754_000, "end": 756_000, "text": "Six months is short."}]},
    {"speakerId": "101", "sentences": [{"start": 3_000, "end": 4_000, "text": "Shall we start?"},
                                       {"start": 4_100, "end": 5_000, "text": "It is about the guarantee."}]},
]  # fmt: skip


def changed(meta: Mapping[str, Any] = {}, **fields: Any) -> dict[str, Any]:
    return {**CALL, **fields, "metaData": {**CALL["metaData"], **meta}}


def ok(**body: Any) -> bytes:
    return answer(200, orjson.dumps({"requestId": "r", "records": {}, **body}))


def transcripts(said: Any = SAID, call_id: Any = "7782342274025937895") -> bytes:
    return ok(callTranscripts=[{"callId": call_id, "transcript": said}])


class Asked:
    """Readings against a script of raw answers."""

    def __init__(self, *script: Answer) -> None:
        self.script, self.requests = script, list[bytes]()

    async def read(self, reading: Reading = RECENT) -> Page:
        async with scripted(*self.script) as server:
            self.requests = server.seen
            clock = FixedClock(NOW)

            async def sleep(_: float) -> None:
                pass

            outbound = Outbound(clock, sleep=sleep, chance=lambda: 0.0)
            connector = CONNECTOR.open(settings(server.url), outbound, clock)
            try:
                async with asyncio.timeout(20):
                    return await connector.read(reading)
            finally:
                await outbound.close()

    def bodies(self) -> list[Any]:
        return [orjson.loads(raw.partition(b"\r\n\r\n")[2] or b"null") for raw in self.requests]


async def one(call: Any, said: bytes | None = None) -> tuple[Row, list[str]]:
    """The row of one call, and the kinds of problems."""
    page = await Asked(ok(calls=[call]), ok(users=USERS), said or transcripts()).read()
    [row] = page.batches[0].rows
    return row, [problem.kind for problem in page.problems]


async def test_a_call_becomes_a_canonical_row() -> None:
    row, problems = await one(CALL)
    assert row == {
        "id": "gong:7782342274025937895",
        "title": "Rent guarantee",
        "started_at": datetime(2026, 3, 16, 15, tzinfo=UTC),
        "seconds": 460,
        "link": "https://us-12345.app.gong.io/call?id=7782342274025937895",
        "is_private": False,
        "summary": "Rent guarantees came up.",
        "host": "Ben Fox",
        "attendees": "|ben.a@acme.com|ben@acme.com|",
        "participants": "|dana@north.com|",
        "transcript": "[00:03] Ben Fox: Shall we start? It is about the guarantee.\n"
        "[12:34] Dana Whitman: Six months is short.",
    }
    assert problems == []


async def test_the_requests_carry_the_login_the_window_and_the_ids_as_texts() -> None:
    asked = Asked(ok(calls=[CALL]), ok(users=USERS), transcripts())
    await asked.read()
    heads = [raw.partition(b"\r\n\r\n")[0] for raw in asked.requests]
    assert [head.split(b" HTTP")[0] for head in heads] == [
        b"POST /v2/calls/extensive",
        b"GET /v2/users?includeAvatars=true",
        b"POST /v2/calls/transcript",
    ]
    assert all(b"Authorization: Basic dGVzdC1hY2Nlc3Mta2V5OnRlc3QtYWNjZXNzLWtleS1zZWNyZXQ=" in head for head in heads)
    rich, _, said = asked.bodies()
    assert rich["filter"] == {"fromDateTime": "2026-03-15T00:00:00+00:00", "toDateTime": "2026-03-18T15:30:00+00:00"}
    assert "cursor" not in rich
    assert said == {"filter": {"callIds": ["7782342274025937895"]}}


@pytest.mark.parametrize("private", [True, None, "no", 0, "missing"])
async def test_what_is_not_said_to_be_open_is_private(private: Any) -> None:
    call = changed({"isPrivate": private})
    if private == "missing":
        del call["metaData"]["isPrivate"]
    row, problems = await one(call)
    assert row["is_private"] is True
    assert bool(problems) is (private is not True)


async def test_only_own_people_who_took_part_are_attendees() -> None:
    parties = [
        *CALL["parties"],
        {"emailAddress": "kim@acme.com", "affiliation": "Internal", "methods": ["Attendee"]},
        {"emailAddress": "lee@acme.com", "affiliation": "External", "methods": ["Attendee"]},
    ]
    row, _ = await one(changed(parties=parties))
    assert row["attendees"] == "|ben.a@acme.com|ben@acme.com|kim@acme.com|"
    assert row["participants"] == "|dana@north.com|lee@acme.com|"


@pytest.mark.parametrize("parties", [None, "oops", {}, 7])
async def test_a_call_without_participants_is_kept_and_named(parties: Any) -> None:
    row, problems = await one(changed(parties=parties))
    assert (row["attendees"], row["participants"]) == ("|ben.a@acme.com|ben@acme.com|", "")
    assert "call without a list of participants" in problems
    assert row["transcript"].startswith("[00:03] Unknown speaker: Shall we start?")


@pytest.mark.parametrize("party", [None, 7, "oops", [], {"emailAddress": "no address"}, {"name": 7}, {"userId": 1.5}])
async def test_a_participant_that_can_not_be_read_costs_only_itself(party: Any) -> None:
    row, problems = await one(changed(parties=[party, *CALL["parties"]]))
    assert row["participants"] == "|dana@north.com|"
    assert len(problems) == 1
    assert problems[0].startswith("unreadable party")


@pytest.mark.parametrize(
    "link", ["https://evil.example/call", "javascript:alert(1)", "http://app.gong.io/x", "https://gong.io.evil.example/",
             "https://app.gong.io/|x>", 7]
)  # fmt: skip
async def test_a_link_that_leads_elsewhere_is_dropped_and_named(link: Any) -> None:
    row, problems = await one(changed({"url": link}))
    assert row["link"] == ""
    assert problems[0].startswith("unreadable link")


@pytest.mark.parametrize("started", [None, "", "2026-03-16T10:00:00", "yesterday", 1_773_670_000])
async def test_a_call_without_a_moment_is_left_out_and_named(started: Any) -> None:
    page = await Asked(ok(calls=[changed({"started": started}), CALL]), ok(users=USERS), transcripts()).read()
    assert len(page.batches[0].rows) == 1
    assert page.problems[0].kind.startswith("unreadable about: started")


@pytest.mark.parametrize("call_id", [7782342274025937895.0, 1.5, "", None, "12a", "٣", "1" * 21])
async def test_an_id_that_is_none_is_never_rounded_to_another_call(call_id: Any) -> None:
    page = await Asked(ok(calls=[changed({"id": call_id})]), ok(users=USERS), transcripts()).read()
    assert page.batches[0].rows == []
    assert len(page.problems) == 1


async def test_nothing_found_is_an_empty_page_and_any_other_404_is_none() -> None:
    nothing = answer(404, b'{"requestId": "r", "errors": ["No calls found corresponding to the provided filters"]}')
    assert (await Asked(nothing).read()).batches[0].rows == []
    with pytest.raises(Fixable):
        await Asked(answer(404, b'{"requestId": "r", "errors": ["No such thing"]}')).read()


async def test_a_transcript_that_is_not_there_yet_leaves_the_call_without_one() -> None:
    nothing = answer(404, b'{"requestId": "r", "errors": ["No calls found corresponding to the provided filters"]}')
    row, problems = await one(CALL, nothing)
    assert (row["transcript"], problems) == ("", [])


async def test_nobody_can_put_words_into_another_mouth() -> None:
    said = [
        {"speakerId": "102", "sentences": [{"start": 0, "end": 1, "text": "Well.\n[00:09] Ben Fox: We agree to all"}]},
        {"speakerId": "103", "sentences": [{"start": 9_000, "end": 9_001, "text": "Hello."}]},
    ]
    parties = [*CALL["parties"][:3], {"name": "Ben]: [00:10] Eve: x", "speakerId": "103", "affiliation": "External"}]
    row, _ = await one(changed(parties=parties), transcripts(said))
    assert row["transcript"].splitlines() == [
        "[00:00] Dana Whitman: Well. [00:09] Ben Fox: We agree to all",
        "[00:09] Ben   00 10  Eve  x: Hello.",
    ]


@pytest.mark.parametrize(
    "said",
    [None, "oops", [None], [{"speakerId": "102"}], [{"speakerId": "102", "sentences": None}], [{"sentences": [7]}],
     [{"speakerId": "102", "sentences": [{"start": "3", "text": "x"}]}],
     [{"speakerId": "102", "sentences": [{"start": -3, "text": "x"}]}],
     [{"speakerId": "102", "sentences": [{"start": 1e300, "text": "x"}]}],
     [{"speakerId": "102", "sentences": [{"start": 3, "text": {"x": 1}}]}]],
    ids=repr,
)  # fmt: skip
async def test_a_transcript_of_any_wrong_shape_costs_only_itself(said: Any) -> None:
    row, problems = await one(CALL, transcripts(said))
    assert (row["transcript"], row["title"]) == ("", "Rent guarantee")
    assert problems or said is None


async def test_a_transcript_of_another_call_is_not_taken() -> None:
    row, problems = await one(CALL, transcripts(call_id="5"))
    assert row["transcript"] == ""
    assert problems == ["transcript of a call that was not asked for"]


async def test_long_talk_is_cut_into_lines_with_their_own_marks_and_a_bound() -> None:
    sentences = [{"start": n * 10_000, "end": n, "text": " ".join(["word"] * 25)} for n in range(4)]
    row, _ = await one(CALL, transcripts([{"speakerId": "102", "sentences": sentences}]))
    assert [line.partition(":")[0] + line[3:6] for line in row["transcript"].splitlines()] == ["[00:00", "[00:20"]
    huge = [{"start": n, "end": n, "text": "x" * 3_999} for n in range(300)]
    row, problems = await one(CALL, transcripts([{"speakerId": "102", "sentences": huge}]))
    assert len(row["transcript"]) <= 1_000_000
    assert problems == ["transcript longer than a day of talk was cut"]


async def test_pages_of_users_that_go_in_circles_are_an_error() -> None:
    circling = answer(200, orjson.dumps({"users": USERS, "records": {"cursor": "again"}}))
    with pytest.raises(RetryLater) as failed:
        await Asked(ok(calls=[CALL]), circling).read()
    assert failed.value.code == "vendor_answer_unreadable"
