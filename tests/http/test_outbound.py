"""The outbound client repeats only what may be repeated, keeps within bounds, and tells people nothing they should
not see."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.domain.clock import FixedClock
from app.domain.errors import Fixable, NotAllowed, OutcomeUnknown, RetryLater
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, ServiceClient, ServicePolicy
from app.http.retry import Repeat, RetryPolicy, retry_after
from tests.http.patience import Patience
from tests.http.scripted import answer, scripted

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
SECRET = "sk-very-secret"


class Rig:
    """A client against one address, with its waits and measurements written down."""

    def __init__(self, url: str, **policy: object) -> None:
        self.patience = Patience()
        self.waits = self.patience.waits
        self.metered: list[tuple[str, str, str]] = []

        def meter(service: str, operation: str, status: str, seconds: float, size: int) -> None:
            self.metered.append((service, operation, status))

        self.outbound = Outbound(
            FixedClock(NOW),
            meter=meter,
            sleep=self.patience.sleep,
            monotonic=self.patience.monotonic,
            chance=lambda: 0.0,
        )
        egress = EgressPolicy.for_base_url(url, configured=True)
        self.client: ServiceClient = self.outbound.service(ServicePolicy("vendor", "Vendor", egress, **policy))  # type: ignore[arg-type]


def read(url: str) -> Call:
    return Call("things.list", "GET", f"{url}/things?token={SECRET}", Repeat.SAFE, headers={"X-Api-Key": SECRET})


def write(url: str) -> Call:
    return Call("things.create", "POST", f"{url}/things", Repeat.NEVER, headers={"X-Api-Key": SECRET}, body=b"{}")


async def test_a_read_is_repeated_until_it_succeeds_and_every_attempt_is_metered() -> None:
    async with scripted(answer(503), None, answer(200, b'{"ok":true}')) as server:
        rig = Rig(server.url)
        reply = await rig.client.send(read(server.url))
        await rig.outbound.close()
    assert reply.json() == {"ok": True}
    assert len(server.seen) == 3
    assert rig.waits == [0.25, 0.5]
    assert rig.metered == [
        ("vendor", "things.list", "503"),
        ("vendor", "things.list", "broken"),
        ("vendor", "things.list", "200"),
    ]


async def test_a_read_gives_up_after_its_attempts_with_a_sentence_and_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with scripted(answer(500, f"boom {SECRET}".encode())) as server:
        rig = Rig(server.url, retry=RetryPolicy(attempts=3))
        with pytest.raises(RetryLater) as failed:
            await rig.client.send(read(server.url))
        await rig.outbound.close()
    assert len(server.seen) == 3
    assert failed.value.sentence == "Vendor isn't answering right now."
    assert SECRET not in str(failed.value) + failed.value.for_people + caplog.text
    assert failed.value.__cause__ is None


@pytest.mark.parametrize(
    "lost", [None, answer(200, b'{"id":', length=500), answer(500), answer(502), b"nonsense\r\n\r\n"]
)
async def test_a_write_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(lost: bytes | None) -> None:
    async with scripted(lost) as server:
        rig = Rig(server.url)
        with pytest.raises(OutcomeUnknown):
            await rig.client.send(write(server.url))
        await rig.outbound.close()
    assert len(server.seen) == 1
    assert rig.waits == []


async def test_a_write_that_was_never_sent_is_repeated_and_then_reported_as_not_done() -> None:
    async with scripted(answer(200)) as server:
        gone = server.url
    rig = Rig(gone, retry=RetryPolicy(attempts=3))
    with pytest.raises(RetryLater):
        await rig.client.send(write(gone))
    assert len(rig.waits) == 2
    assert [status for _, _, status in rig.metered] == ["unreachable"] * 3
    await rig.outbound.close()


async def test_a_write_that_was_refused_for_its_rate_is_repeated() -> None:
    async with scripted(answer(429), answer(201)) as server:
        rig = Rig(server.url)
        assert (await rig.client.send(write(server.url))).status == 201
        await rig.outbound.close()


async def test_a_keyed_write_is_repeated_like_a_read() -> None:
    async with scripted(None, answer(200)) as server:
        rig = Rig(server.url)
        call = Call("things.create", "POST", f"{server.url}/x", Repeat.KEYED, {"Idempotency-Key": "k"}, body=b"{}")
        assert (await rig.client.send(call)).status == 200
        await rig.outbound.close()
    assert len(server.seen) == 2


async def test_retry_after_is_honored_within_bounds_and_handed_on_beyond_them() -> None:
    async with scripted(answer(429, b"", "Retry-After: 7"), answer(429, b"", "Retry-After: 3600")) as server:
        rig = Rig(server.url)
        with pytest.raises(RetryLater) as slow:
            await rig.client.send(read(server.url))
        await rig.outbound.close()
    assert rig.waits == [7.0]
    assert slow.value.code == "vendor_rate_limited"
    assert slow.value.after == 3600


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, NotAllowed, "vendor_credentials"),
        (403, NotAllowed, "vendor_credentials"),
        (302, NotAllowed, "redirect_refused"),
        (404, Fixable, "vendor_refused"),
        (422, Fixable, "vendor_refused"),
    ],
)
async def test_refusals_are_not_repeated(status: int, error: type[Exception], code: str) -> None:
    async with scripted(answer(status, b"", "Location: http://169.254.169.254/latest")) as server:
        rig = Rig(server.url)
        with pytest.raises(error) as refused:
            await rig.client.send(read(server.url))
        await rig.outbound.close()
    assert refused.value.code == code  # type: ignore[attr-defined]
    assert len(server.seen) == 1


async def test_an_answer_above_the_cap_is_dropped_also_when_it_was_small_on_the_wire() -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    headers = ("Content-Encoding: gzip", "Content-Type: application/json")
    async with scripted(answer(200, bomb, *headers)) as server:
        rig = Rig(server.url, max_bytes=1_000_000)
        with pytest.raises(Fixable) as large:
            await rig.client.send(read(server.url))
        await rig.outbound.close()
    assert large.value.code == "vendor_answer_too_large"
    assert len(server.seen) == 1


async def test_a_host_off_the_list_is_refused_before_anything_is_sent() -> None:
    async with scripted(answer(200)) as server, scripted(answer(200)) as other:
        rig = Rig(server.url)
        with pytest.raises(NotAllowed):
            await rig.client.send(read(other.url))
        await rig.outbound.close()
    assert other.seen == []


async def test_the_host_header_names_the_host_while_the_connection_goes_to_the_checked_address() -> None:
    looked_up: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    async with scripted(answer(200)) as server:
        url = f"http://vendor.test:{server.port}"
        outbound = Outbound(FixedClock(NOW), resolve=resolve)
        client = outbound.service(ServicePolicy("vendor", "Vendor", EgressPolicy.for_base_url(url, configured=True)))
        await client.send(read(url))
        await outbound.close()
    assert looked_up == ["vendor.test"]
    assert f"Host: vendor.test:{server.port}".encode() in server.seen[0]
