"""What every connector does when its vendor misbehaves. A connector inherits these tests with a subclass of
`ConnectorContract` that says how its stand-in is started, which reading is tried, and where the records lie. How its
lists go on is tried by `PagesContract` (pages.py)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from app.db.bulk import upsert
from app.db.engine import Database
from app.domain.clock import FixedClock
from app.domain.errors import NotAllowed, RetryLater, SophiaError
from app.http.outbound import Outbound
from app.integrations.base import Connector, Page, Reading, Row
from app.integrations.paging import Mark
from tests.http.patience import Patience
from tests.http.scripted import Answer, answer
from tests.integrations.contract.proxy import Fault, FaultProxy, cut, dropped, proxied, rewritten

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
HUGE = "x" * 10_000_000
NONSENSE = {
    "a page of HTML": answer(200, b"<html>Maintenance</html>", "Content-Type: text/html"),
    "nothing": answer(200, b""),
    "null": answer(200, b"null"),
    "a list": answer(200, b"[7]"),
    "a number": answer(200, b"7"),
    "an empty object": answer(200, b"{}"),
    "half of JSON": answer(200, b'{"a": [1, '),
    "bytes": answer(200, b"\xff\xfe\x00"),
}


@dataclass
class Tried:
    """A connector whose way to its stand-in leads through the proxy. `waits` are the pauses it
    took, in seconds."""

    proxy: FaultProxy
    connector: Connector
    reading: Reading
    patience: Patience

    @property
    def waits(self) -> list[float]:
        return self.patience.waits

    async def read(self, *faults: Fault, lasting: bool = False) -> Page:
        """One page, while these faults happen."""
        self.proxy.faults, self.proxy.lasting = list(faults), lasting
        self.proxy.seen.clear()
        return await self.connector.read(self.reading)


def rows(page: Page) -> dict[str, Row]:
    """A page's rows by id."""
    return {row["id"]: row for batch in page.batches for row in batch.rows}


def _itself(record: dict[str, Any]) -> dict[str, Any]:
    return record


class VendorRig(ABC):
    """reading: a page with several records. target: bytes that only its request holds."""

    reading: ClassVar[Reading]
    target: ClassVar[bytes]

    @abstractmethod
    def stand_in(self, data: Path) -> AbstractAsyncContextManager[str]:
        """Runs the stand-in; gives its address."""

    @abstractmethod
    def open(self, url: str, outbound: Outbound, clock: FixedClock) -> Connector: ...

    @abstractmethod
    def records(self, body: Any) -> list[dict[str, Any]]:
        """The very list of records in a decoded answer."""

    @pytest.fixture
    async def tried(self, tmp_path: Path) -> AsyncIterator[Tried]:
        clock, patience = FixedClock(NOW), Patience()
        outbound = Outbound(clock, sleep=patience.sleep, monotonic=patience.monotonic, chance=lambda: 0.0)
        async with self.stand_in(tmp_path / "stand-in") as url, proxied(url, self.target) as proxy:
            yield Tried(proxy, self.open(proxy.url, outbound, clock), self.reading, patience)
            await outbound.close()
            assert proxy.slips == []

    def changed(self, change: Callable[[list[dict[str, Any]]], object]) -> Callable[[bytes], Answer]:
        """The answer's records as `change` leaves them."""

        def rewrite(body: Any) -> Any:
            change(self.records(body))
            return body

        return rewritten(rewrite)


class ConnectorContract(VendorRig):
    """secret: a credential that nobody may ever see. errors_inside: answers of status 200 that are errors, with the
    code they must become."""

    secret: ClassVar[str]
    text_field: ClassVar[str]
    text_column: ClassVar[str]
    errors_inside: ClassVar[dict[str, bytes]]

    def fields(self, record: dict[str, Any]) -> dict[str, Any]:
        """The part of a record that holds its fields: the record itself, unless a vendor nests them."""
        return record

    async def test_the_same_page_reads_the_same_twice(self, tried: Tried) -> None:
        first = await tried.read()
        assert len(rows(first)) >= 2
        assert rows(await tried.read()) == rows(first)

    @pytest.mark.parametrize("status", [401, 403])
    async def test_refused_credentials_are_not_tried_again(self, tried: Tried, status: int) -> None:
        with pytest.raises(NotAllowed) as refused:
            await tried.read(answer(status, self.secret.encode()), lasting=True)
        assert (refused.value.code, len(tried.proxy.seen)) == ("vendor_credentials", 1)

    async def test_after_credentials_were_refused_once_the_next_reading_works(self, tried: Tried) -> None:
        with pytest.raises(NotAllowed):
            await tried.read(answer(401))
        assert rows(await tried.read())

    @pytest.mark.parametrize("status", [500, 503])
    async def test_what_fails_says_so_without_any_secret(
        self, tried: Tried, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(RetryLater) as failed:
            await tried.read(answer(status, self.secret.encode()), lasting=True)
        assert 2 <= len(tried.proxy.seen) <= 6
        assert self.secret not in str(failed.value) + failed.value.for_people + caplog.text

    @pytest.mark.parametrize("asked", ["9", "Wed, 18 Mar 2026 15:30:09 GMT"])
    async def test_a_wait_is_as_long_as_the_vendor_asks(self, tried: Tried, asked: str) -> None:
        assert rows(await tried.read(answer(429, b"", f"Retry-After: {asked}")))
        assert tried.waits == [9.0]

    @pytest.mark.parametrize("asked", ["", "Retry-After: soon", "Retry-After: -4"])
    async def test_a_vendor_that_names_no_wait_is_given_one(self, tried: Tried, asked: str) -> None:
        assert rows(await tried.read(answer(429, b"", asked or "X-Other: 1")))
        assert len(tried.waits) == 1
        assert 0 < tried.waits[0] <= 8

    async def test_a_wait_of_an_hour_is_left_for_later(self, tried: Tried) -> None:
        with pytest.raises(RetryLater) as slow:
            await tried.read(answer(429, b"", "Retry-After: 3600"), lasting=True)
        assert (slow.value.after, tried.waits) == (3600.0, [])

    @pytest.mark.parametrize(
        "fault",
        [answer(500), answer(502), answer(503), answer(504), None, dropped, cut],
        ids=["500", "502", "503", "504", "silence", "dropped", "cut"],
    )
    async def test_a_read_that_breaks_once_is_read_again_whole(self, tried: Tried, fault: Fault) -> None:
        whole = rows(await tried.read())
        assert rows(await tried.read(fault)) == whole

    @pytest.mark.parametrize("kind", NONSENSE)
    async def test_an_answer_that_is_none_is_never_taken_for_an_empty_page(self, tried: Tried, kind: str) -> None:
        with pytest.raises(SophiaError) as failed:
            await tried.read(NONSENSE[kind], lasting=True)
        assert failed.value.code == "vendor_answer_unreadable"

    async def test_an_error_inside_a_200_is_an_error(self, tried: Tried) -> None:
        for code, body in self.errors_inside.items():
            with pytest.raises(SophiaError) as failed:
                await tried.read(answer(200, body), lasting=True)
            assert failed.value.code == code

    async def test_a_redirect_is_not_followed(self, tried: Tried) -> None:
        with pytest.raises(NotAllowed) as refused:
            await tried.read(answer(302, b"", "Location: http://127.0.0.1:1/elsewhere"), lasting=True)
        assert (refused.value.code, len(tried.proxy.seen)) == ("redirect_refused", 1)

    async def test_an_empty_page_is_empty_and_does_not_end_the_reading(self, tried: Tried) -> None:
        whole = await tried.read()
        page = await tried.read(self.changed(lambda records: records.clear()))
        assert (rows(page), bool(page.cursor)) == ({}, bool(whole.cursor))
        assert Mark.of(page.cursor).place == Mark.of(whole.cursor).place

    @pytest.mark.parametrize("value", [None, "", "haunted", -1, 1e300, True, [], {}, [[]], {"a": 1}], ids=repr)
    async def test_a_field_of_any_wrong_kind_costs_at_most_its_record(self, tried: Tried, value: Any) -> None:
        await self._one_field(tried, lambda record, name: record.__setitem__(name, value))

    async def test_a_missing_field_costs_at_most_its_record(self, tried: Tried) -> None:
        await self._one_field(tried, lambda record, name: record.pop(name))

    async def _one_field(self, tried: Tried, change: Callable[[dict[str, Any], str], object]) -> None:
        """Changes each field of the first record in turn: the other records stay, and one that goes is named."""
        places: list[tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = []

        def note(records: list[dict[str, Any]]) -> None:
            places.extend((_itself, name) for name in records[0])
            if self.fields(records[0]) is not records[0]:
                places.extend((self.fields, name) for name in self.fields(records[0]))

        await tried.read(self.changed(note))
        whole = rows(await tried.read())
        for where, name in places:
            page = await tried.read(
                self.changed(lambda records, where=where, name=name: change(where(records[0]), name))
            )
            lost = [row_id for row_id in whole if row_id not in rows(page)]
            assert len(lost) <= 1, name
            assert not lost or page.problems or page.gone, name
            differing = [row_id for row_id, row in rows(page).items() if whole.get(row_id) != row]
            assert len(differing) <= 1, name

    @pytest.mark.parametrize("record", [None, 7, "oops", [], {}], ids=repr)
    async def test_a_record_that_is_none_is_named_and_the_others_are_taken(self, tried: Tried, record: Any) -> None:
        whole = rows(await tried.read())
        page = await tried.read(self.changed(lambda records: records.append(record)))
        assert rows(page) == whole
        assert page.problems or not record

    async def test_a_text_of_ten_megabytes_is_cut(self, tried: Tried) -> None:
        page = await tried.read(
            self.changed(lambda records: self.fields(records[0]).__setitem__(self.text_field, HUGE))
        )
        assert max(len(row[self.text_column]) for row in rows(page).values()) <= 10_000

    async def test_unicode_is_kept_and_marks_that_turn_text_around_are_not(self, tried: Tried) -> None:
        said = "Fuga en ba\u00f1o\u202e \u6f0f\u6c34 \U0001f6bf\u0000"
        page = await tried.read(
            self.changed(lambda records: self.fields(records[0]).__setitem__(self.text_field, said))
        )
        assert "Fuga en ba\u00f1o \u6f0f\u6c34 \U0001f6bf" in [row[self.text_column] for row in rows(page).values()]

    async def test_fields_nobody_knows_change_nothing(self, tried: Tried) -> None:
        whole = rows(await tried.read())
        page = await tried.read(self.changed(lambda records: [one.update(Surprise={"x": [1]}) for one in records]))
        assert rows(page) == whole

    async def test_any_order_is_the_same_page(self, tried: Tried) -> None:
        whole = rows(await tried.read())
        assert rows(await tried.read(self.changed(lambda records: records.reverse()))) == whole

    async def test_a_record_that_comes_twice_is_stored_once(self, tried: Tried, sqlite_db: Database) -> None:
        whole = rows(await tried.read())
        page = await tried.read(self.changed(lambda records: records.extend(orjson.loads(orjson.dumps(records)))))
        async with sqlite_db.transaction() as session:
            for batch in page.batches:
                stamped = [{**row, "as_of": NOW} for row in batch.rows]
                await upsert(session, batch.model, "W1", stamped)
        assert rows(page) == whole

    async def test_the_check_tells_a_refusal_from_silence(self, tried: Tried) -> None:
        assert (await tried.connector.check()).state == "ok"
        tried.proxy.target, tried.proxy.lasting = b"", True
        for fault, state in ((answer(401), "refused"), (None, "unreachable"), (answer(500), "unreachable")):
            tried.proxy.faults = [fault]
            assert (await tried.connector.check()).state == state
