"""Sophia knows which channels a person is in, and takes silence for none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.channels.slack.memberships import Memberships
from app.domain.clock import FixedClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.http.outbound import Outbound
from tests.http.scripted import answer, scripted

NOW = datetime(2026, 6, 1, tzinfo=UTC)
JEN = Principal(WorkspaceId("T1"), UserId("U1"), "Jen", frozenset({Role.LEASING}))


async def no_wait(seconds: float) -> None:
    return None


async def test_channels_are_read_page_by_page_and_asked_for_once_a_minute() -> None:
    first = b'{"ok":true,"channels":[{"id":"C1"}],"response_metadata":{"next_cursor":"two"}}'
    second = b'{"ok":true,"channels":[{"id":"C2"}],"response_metadata":{"next_cursor":""}}'
    async with scripted(answer(200, first), answer(200, second)) as slack:
        outbound = Outbound(FixedClock(NOW), sleep=no_wait)
        memberships = Memberships(outbound, FixedClock(NOW), token="xoxb-1", api_url=slack.url)
        assert await memberships.channels_of(JEN) == {"C1", "C2"}
        assert await memberships.channels_of(JEN) == {"C1", "C2"}
        assert len(slack.seen) == 2
        assert b"user=U1" in slack.seen[0]
        assert b"cursor=two" in slack.seen[1]
        await outbound.close()


async def test_when_slack_does_not_tell_the_person_is_in_no_channel() -> None:
    async with scripted(answer(500), answer(500)) as slack:
        outbound = Outbound(FixedClock(NOW + timedelta(hours=1)), sleep=no_wait)
        memberships = Memberships(outbound, FixedClock(NOW), token="xoxb-1", api_url=slack.url)
        assert await memberships.channels_of(JEN) == frozenset()
        await outbound.close()
