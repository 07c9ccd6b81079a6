"""What every declared service does when its vendor misbehaves. A service gets these tests by having a file.

`SERVICES_FOLDER=my-services python -m pytest tests/integrations/declared` tries an operator's own files too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest

from app.domain.errors import Fixable, NotAllowed, NotFound, OutcomeUnknown, RetryLater, SophiaError
from app.integrations.declared.paths import EVERY, steps
from tests.http.scripted import answer
from tests.integrations.declared.made_up import MANY, body_of, matching, ok, page, planted, record_of
from tests.integrations.declared.rig import (
    ERRING,
    KEYED,
    LINKED,
    LISTS,
    LOOKING,
    PAGED,
    PROVEN,
    READS,
    SECRET,
    WRITES,
    Case,
    Tried,
    tried,
)

HUGE = "x" * 10_000_000
NONSENSE = {
    "a page of HTML": answer(200, b"<html>Maintenance</html>", "Content-Type: text/html"),
    "nothing": answer(200, b""),
    "null": answer(200, b"null"),
    "a number": answer(200, b"7"),
    "a text": answer(200, b'"ok"'),
    "an empty object": answer(200, b"{}"),
    "half of JSON": answer(200, b'{"a": [1, '),
    "bytes": answer(200, b"\xff\xfe\x00"),
}


def whole(case: Case, change: Callable[[list[dict[str, Any]]], object] = lambda records: None) -> bytes:
    """A good answer, its records as `change` leaves them."""
    operation = case.operation
    records = [record_of(operation, number) for number in range(MANY if operation.rows is not None else 1)]
    change(records)
    return page(operation, records, "") if operation.pages else ok(body_of(operation, records))


def cut(raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2]


def first_step(path: str) -> str:
    return steps(path)[0]


class ReadContract:
    """For every operation that reads."""

    @pytest.fixture(params=READS, ids=str)
    async def reading(self, request: pytest.FixtureRequest) -> AsyncIterator[Tried]:
        async with tried(request.param) as made:
            yield made

    async def test_the_declared_columns_are_read_and_shown_with_their_source(self, reading: Tried) -> None:
        result = await reading.run(whole(reading.case))
        shown = reading.shown(result)
        assert len(result.rows) == (MANY if reading.case.operation.rows is not None else 1)
        assert result.unread == 0
        assert all(cell is not None for row in result.rows for cell in row)
        assert shown.text and "{" not in shown.text and shown.table is not None
        assert [source.system for source in result.sources] == [reading.case.service.label]
        assert result.sources[0].as_of.tzinfo is not None
        assert result.model_dump_json()

    async def test_the_request_is_signed_in_and_goes_where_the_file_says(self, reading: Tried) -> None:
        await reading.run(whole(reading.case))
        line = reading.asked[0].split(b"\r\n")[0].decode()
        assert line.startswith(f"{reading.case.operation.method} /")
        assert "{" not in line
        signed = SECRET.encode() in reading.asked[0] or b"authorization: basic" in reading.asked[0].lower()
        assert signed or reading.case.service.auth.by == "nothing"

    @pytest.mark.parametrize("status", [401, 403])
    async def test_refused_credentials_are_not_tried_again(self, reading: Tried, status: int) -> None:
        with pytest.raises(NotAllowed) as refused:
            await reading.run(answer(status, SECRET.encode()))
        assert (refused.value.code, len(reading.asked)) == ("vendor_credentials", 1)

    async def test_after_credentials_were_refused_once_the_next_reading_works(self, reading: Tried) -> None:
        with pytest.raises(NotAllowed):
            await reading.run(answer(401))
        assert (await reading.run(whole(reading.case))).rows

    @pytest.mark.parametrize("status", [500, 503])
    async def test_what_fails_says_so_without_any_secret(
        self, reading: Tried, status: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(RetryLater) as failed:
            await reading.run(answer(status, SECRET.encode()))
        assert 2 <= len(reading.asked) <= 4
        logged = caplog.text + "".join(capsys.readouterr())
        assert SECRET not in str(failed.value) + failed.value.for_people + logged

    @pytest.mark.parametrize("asked", ["9", "Wed, 18 Mar 2026 15:35:09 GMT"])
    async def test_a_wait_is_as_long_as_the_vendor_asks(self, reading: Tried, asked: str) -> None:
        assert (await reading.run(answer(429, b"", f"Retry-After: {asked}"), whole(reading.case))).rows
        assert 9.0 in reading.waits

    @pytest.mark.parametrize("asked", ["X-Other: 1", "Retry-After: soon", "Retry-After: -4"])
    async def test_a_vendor_that_names_no_wait_is_given_one(self, reading: Tried, asked: str) -> None:
        assert (await reading.run(answer(429, b"", asked), whole(reading.case))).rows
        assert len(reading.asked) == 2
        assert 0 < sum(reading.waits) <= 8

    async def test_a_wait_of_an_hour_is_left_for_later(self, reading: Tried) -> None:
        with pytest.raises(RetryLater) as slow:
            await reading.run(answer(429, b"", "Retry-After: 3600"))
        assert (slow.value.after, len(reading.asked)) == (3600.0, 1)

    async def test_a_read_that_breaks_once_is_read_again_whole(self, reading: Tried) -> None:
        good = whole(reading.case)
        rows = (await reading.run(good)).rows
        for fault in (answer(500), answer(502), answer(503), answer(504), None, cut(good)):
            assert (await reading.run(fault, good)).rows == rows
            assert len(reading.asked) == 2

    async def test_an_answer_that_is_none_is_never_taken_for_an_empty_one(self, reading: Tried) -> None:
        for kind, nonsense in NONSENSE.items():
            with pytest.raises(SophiaError) as failed:
                await reading.run(nonsense)
            assert failed.value.code == "vendor_answer_unreadable", kind

    async def test_an_answer_of_the_other_shape_is_refused(self, reading: Tried) -> None:
        at_root_a_list = reading.case.operation.rows == ""
        with pytest.raises(RetryLater) as failed:
            await reading.run(ok({"detail": "no"} if at_root_a_list else [7]))
        assert failed.value.code == "vendor_answer_unreadable"

    @pytest.mark.parametrize("case", ERRING, ids=str)
    async def test_an_error_inside_a_200_is_an_error(self, case: Case) -> None:
        body = orjson.loads(whole(case).partition(b"\r\n\r\n")[2])
        planted(body, case.service.errors.code, "something-broke")
        async with tried(case) as reading:
            with pytest.raises(Fixable) as refused:
                await reading.run(ok(body))
        assert refused.value.code == "vendor_refused"

    async def test_known_errors_are_said_in_our_own_words(self, reading: Tried) -> None:
        errors = reading.case.service.errors
        for code, sentence in errors.sentences.items():
            body: dict[str, Any] = {"error": {"message": "<b>their words</b>"}}
            planted(body, errors.code, code)
            with pytest.raises(Fixable) as refused:
                await reading.run(answer(400, orjson.dumps(body)))
            assert refused.value.sentence == sentence

    async def test_a_refused_request_is_told_in_our_words_and_not_repeated(self, reading: Tried) -> None:
        for status in (400, 404, 409, 410, 422):
            with pytest.raises(Fixable) as refused:
                await reading.run(answer(status, b'{"detail": "<script>their words</script>"}'))
            assert isinstance(refused.value, NotFound) == (status in (404, 410))
            assert "their words" not in refused.value.for_people
            assert "{" not in refused.value.for_people
            assert len(reading.asked) == 1

    async def test_a_redirect_is_not_followed(self, reading: Tried) -> None:
        with pytest.raises(NotAllowed) as refused:
            await reading.run(answer(302, b"", "Location: http://127.0.0.1:1/elsewhere"))
        assert (refused.value.code, len(reading.asked)) == ("redirect_refused", 1)

    async def test_a_missing_or_null_field_costs_its_cell(self, reading: Tried) -> None:
        for change in (lambda record, name: record.pop(name, None), lambda record, name: record.update({name: None})):
            for number, (_, shown) in enumerate(reading.case.operation.columns.items()):
                name = first_step(shown.path)
                result = await reading.run(whole(reading.case, lambda records, n=name, c=change: c(records[0], n)))
                others = [one for one in reading.case.operation.columns.values() if first_step(one.path) != name]
                if others:
                    assert len(result.rows) == (MANY if reading.case.operation.rows is not None else 1)
                    assert result.rows[0][number] is None

    async def test_a_field_of_any_wrong_kind_costs_at_most_its_cell(self, reading: Tried) -> None:
        good = await reading.run(whole(reading.case))
        for value in ("haunted", -1, 1e300, True, [], {}, [[]], {"a": 1}, "9" * 400):
            for shown in reading.case.operation.columns.values():
                if EVERY not in steps(shown.path):
                    result = await reading.run(whole(reading.case, planting(shown.path, value)))
                    assert result.rows[1:] == good.rows[1:]
                    assert result.model_dump_json()
                    reading.shown(result)

    async def test_an_answer_of_ten_megabytes_is_not_taken_in(self, reading: Tried) -> None:
        def change(records: list[dict[str, Any]]) -> None:
            records[0]["surprise"] = HUGE

        with pytest.raises(Fixable) as refused:
            await reading.run(whole(reading.case, change))
        assert (refused.value.code, len(reading.asked)) == ("vendor_answer_too_large", 1)

    async def test_a_long_text_is_cut(self, reading: Tried) -> None:
        for key, shown in reading.case.operation.columns.items():
            if shown.kind == "text" and EVERY not in steps(shown.path):
                change = planting(shown.path, "word " * 100_000)
                result = await reading.run(whole(reading.case, change))
                at = list(reading.case.operation.columns).index(key)
                assert len(str(result.rows[0][at])) <= shown.longest
                assert len(reading.shown(result).text) < 3000

    async def test_unicode_is_kept_and_marks_that_turn_text_around_are_not(self, reading: Tried) -> None:
        said = "Fuga en ba\u00f1o\u202e \u6f0f\u6c34 \U0001f6bf\u0000"
        shown = next(one for one in reading.case.operation.columns.values() if one.kind == "text")
        result = await reading.run(whole(reading.case, planting(shown.path, said)))
        assert "Fuga en ba\u00f1o \u6f0f\u6c34 \U0001f6bf" in result.rows[0]

    async def test_what_the_file_does_not_name_reaches_nobody(self, reading: Tried) -> None:
        good = await reading.run(whole(reading.case))
        result = await reading.run(whole(reading.case, lambda records: [one.update(zzz="surprise") for one in records]))
        assert result.rows == good.rows
        assert "surprise" not in repr(reading.shown(result)) + result.model_dump_json()

    async def test_what_is_never_shown_is_blacked_out_wherever_it_stands(self, reading: Tried) -> None:
        shown = next(one for one in reading.case.operation.columns.values() if one.kind == "text")
        for hidden in reading.case.service.never_shown or {"none"}:

            def change(records: list[dict[str, Any]], name: str = hidden) -> None:
                records[0][name] = {"deep": ["a-hidden-value-1"]}
                planted(records[0], shown.path, f"see a-hidden-value-1 and {SECRET}")

            result = await reading.run(whole(reading.case, change))
            said = repr(reading.shown(result)) + result.model_dump_json()
            assert SECRET not in said
            assert ("a-hidden-value-1" in said) == (hidden == "none")

    async def test_a_source_leads_to_the_services_own_address(self, reading: Tried) -> None:
        link = (await reading.run(whole(reading.case))).sources[0].link
        assert link.startswith(reading.opened.address) if reading.case.operation.page else not link
        assert "{" not in link

    @pytest.mark.parametrize("case", LINKED, ids=str)
    async def test_a_link_in_an_answer_is_shown_only_where_the_file_allows_it(self, case: Case) -> None:
        assert case.operation.link is not None
        host = case.operation.link.hosts[0].replace("*", "www")
        good = f"https://{host}/records/7"
        bad = [
            "http://" + host,
            "https://elsewhere.example/7",
            f"https://{host}.elsewhere.example/",
            "javascript:x",
            "//x",
        ]
        bad += [f"https://me:word@{host}/", f"https://{host}/ x", f"https://{host}/\u202e", f"https://{host}/{SECRET}"]
        bad += [f"https://{host}/" + "x" * 600, "https://[", 7, None, {"a": 1}]
        async with tried(case) as reading:
            result = await reading.run(whole(case, planting(case.operation.link.path, good)))
            assert result.sources[0].link == good
            for link in bad:
                result = await reading.run(whole(case, planting(case.operation.link.path, link)))
                assert not result.sources[0].link or result.sources[0].link.startswith(reading.opened.address)

    async def test_arguments_are_checked_before_anything_is_asked(self, reading: Tried) -> None:
        wrong: list[dict[str, Any]] = [{**reading.case.arguments, "haunted": "yes"}]
        for name, argument in reading.case.operation.arguments.items():
            if (argument.schema_ or {}).get("type") != "boolean":
                wrong.append({**reading.case.arguments, name: "word " * 3000})
            if argument.into == "path":
                wrong += [{**reading.case.arguments, name: step} for step in ("..", ".", "", "../../admin")]
        for arguments in wrong:
            with pytest.raises(Fixable) as refused:
                await reading.run(whole(reading.case), **arguments)
            assert refused.value.code == "bad_arguments"
            assert reading.asked == []

    async def test_the_check_tells_a_refusal_from_silence(self, reading: Tried) -> None:
        for given, state in (
            (ok({}), "ok"),
            (answer(401), "refused"),
            (answer(404), "refused"),
            (None, "unreachable"),
            (answer(500), "unreachable"),
            (answer(200, b"<html>"), "unreachable"),
        ):
            reading.server.script[:] = [given]
            reading.server.seen.clear()
            assert (await reading.opened.check()).state == state
            assert SECRET not in (await reading.opened.check()).sentence


class ListContract:
    """For every operation that lists."""

    @pytest.fixture(params=LISTS, ids=str)
    async def listing(self, request: pytest.FixtureRequest) -> AsyncIterator[Tried]:
        async with tried(request.param) as made:
            yield made

    async def test_an_empty_list_is_said_to_be_empty(self, listing: Tried) -> None:
        result = await listing.run(whole(listing.case, lambda records: records.clear()))
        shown = listing.shown(result)
        assert (result.rows, shown.table) == ((), None)
        assert f"no {listing.case.operation.noun[1]}" in shown.text

    @pytest.mark.parametrize("record", [None, 7, "oops", [], {}], ids=repr)
    async def test_a_record_that_is_none_is_counted_and_the_others_are_taken(self, listing: Tried, record: Any) -> None:
        good = await listing.run(whole(listing.case))
        result = await listing.run(whole(listing.case, lambda records: records.append(record)))
        assert (result.rows, result.unread) == (good.rows, 1)
        assert "made no sense" in listing.shown(result).text

    async def test_no_more_rows_are_carried_than_asked_for_and_it_says_so(self, listing: Tried) -> None:
        result = await listing.run(whole(listing.case), rows=2)
        assert (len(result.rows), result.more) == (2, True)
        assert "There are more" in listing.shown(result).text


class PageContract:
    """For every operation whose list comes in pages."""

    @pytest.fixture(params=PAGED, ids=str)
    async def paging(self, request: pytest.FixtureRequest) -> AsyncIterator[Tried]:
        async with tried(request.param) as made:
            yield made

    @staticmethod
    def page(case: Case, start: int, following: str) -> bytes:
        """A page of as many records as the service gives, or of three where it need not be full."""
        pages = case.operation.pages
        many = pages.size if pages and pages.by in ("number", "offset") and pages.size_parameter else MANY
        return page(case.operation, [record_of(case.operation, start + at) for at in range(many)], following)

    async def test_pages_are_read_to_the_last(self, paging: Tried) -> None:
        last = page(paging.case.operation, [record_of(paging.case.operation, 9000)], "")
        result = await paging.run(self.page(paging.case, 0, "c1"), self.page(paging.case, 500, "c2"), last)
        assert len(paging.asked) == 3
        assert not result.more
        assert len(result.rows) == len(set(result.rows))
        assert len(result.rows) >= 2 * MANY + 1

    async def test_pages_that_go_in_circles_are_told_and_end(self, paging: Tried) -> None:
        with pytest.raises(RetryLater) as failed:
            await paging.run(
                self.page(paging.case, 0, "c1"), self.page(paging.case, 500, "c2"), self.page(paging.case, 500, "c2")
            )
        assert failed.value.code == "vendor_answer_unreadable"
        assert len(paging.asked) <= 4

    async def test_a_row_that_comes_again_on_the_next_page_is_taken_once(self, paging: Tried) -> None:
        """Somebody added a row while the list was read, so that its last row moved to the next page."""
        result = await paging.run(
            self.page(paging.case, 0, "c1"), page(paging.case.operation, [record_of(paging.case.operation, 2)], "")
        )
        keys = list(result.rows)
        assert len(keys) == len(set(keys))

    async def test_a_list_without_end_is_read_so_far_and_it_says_so(self, paging: Tried) -> None:
        pages = paging.case.operation.pages
        assert pages is not None
        script = [self.page(paging.case, 1000 * at, f"c{at}") for at in range(pages.most + 5)]
        result = await paging.run(*script, rows=10_000)
        assert len(paging.asked) == pages.most
        assert result.more
        assert "There are more" in paging.shown(result).text

    async def test_a_page_that_fails_fails_the_list(self, paging: Tried) -> None:
        with pytest.raises(RetryLater):
            await paging.run(self.page(paging.case, 0, "c1"), answer(500))

    async def test_the_next_pages_address_is_never_followed_elsewhere(self, paging: Tried) -> None:
        last = page(paging.case.operation, [record_of(paging.case.operation, 9000)], "")
        await paging.run(self.page(paging.case, 0, "c1"), self.page(paging.case, 500, "c2"), last)
        assert len(paging.asked) == 3
        hosts = {line for raw in paging.asked for line in raw.split(b"\r\n") if line.lower().startswith(b"host:")}
        assert hosts == {f"Host: 127.0.0.1:{paging.server.port}".encode()}


class WriteContract:
    """For every operation that changes something."""

    @pytest.fixture(params=WRITES, ids=str)
    async def writing(self, request: pytest.FixtureRequest) -> AsyncIterator[Tried]:
        async with tried(request.param) as made:
            yield made

    def looked(self, case: Case) -> bytes:
        look = case.write.look_first
        if look is None:
            return answer(500)
        return ok(body_of(look, [matching(look, case.arguments, "")]))

    def done(self, case: Case) -> bytes:
        if case.operation.record is None:
            return ok({"data": {}})
        return ok(body_of(case.operation, [record_of(case.operation, 1)]))

    async def test_a_card_is_made_without_changing_anything(self, writing: Tried) -> None:
        card = await writing.prepare(self.looked(writing.case))
        assert all(raw.startswith(b"GET ") for raw in writing.asked)
        assert card.title and card.consequence and "{" not in card.consequence
        assert card.arguments and card.changes
        assert "unknown" not in card.consequence

    async def test_it_waits_for_a_person(self, writing: Tried) -> None:
        assert writing.tool.prepare is not None
        assert writing.tool.approval is not None

    @pytest.mark.parametrize("case", LOOKING, ids=str)
    async def test_what_does_not_exist_makes_no_card(self, case: Case) -> None:
        async with tried(case) as writing:
            with pytest.raises(NotFound) as missing:
                await writing.prepare(answer(404))
        assert "{" not in missing.value.for_people

    async def test_it_is_done_with_one_request(self, writing: Tried) -> None:
        result = await writing.run(self.done(writing.case), key="apr_1")
        assert len(writing.asked) == 1
        assert writing.asked[0].startswith(f"{writing.case.operation.method} ".encode())
        shown = writing.shown(result)
        assert shown.text and "{" not in shown.text

    async def test_a_lost_answer_never_makes_it_twice(self, writing: Tried) -> None:
        done, once = self.done(writing.case), writing.case.write.once
        for fault in (None, answer(500), answer(503), cut(done)):
            if once == "nothing":
                with pytest.raises(OutcomeUnknown):
                    await writing.run(fault, done, key="apr_1")
                assert len(writing.asked) == 1
            else:
                await writing.run(fault, done, key="apr_1")
                assert len(writing.asked) == 2
                assert writing.asked[0] == writing.asked[1]

    async def test_an_answer_that_is_none_leaves_open_whether_it_was_done(self, writing: Tried) -> None:
        for kind in ("a page of HTML", "null", "half of JSON", "bytes"):
            with pytest.raises(OutcomeUnknown):
                await writing.run(NONSENSE[kind], key="apr_1")
            assert len(writing.asked) == 1

    @pytest.mark.parametrize("case", KEYED, ids=str)
    async def test_the_same_key_goes_with_every_repeat(self, case: Case) -> None:
        async with tried(case) as writing:
            await writing.run(answer(503), self.done(case), key="apr_77")
            assert len(writing.asked) == 2
            assert all(f"{case.write.header}: apr_77".lower().encode() in raw.lower() for raw in writing.asked)

    async def test_what_was_refused_was_not_done(self, writing: Tried) -> None:
        for status in (400, 401, 403, 404, 409, 422):
            with pytest.raises((Fixable, NotAllowed)) as refused:
                await writing.run(answer(status, b'{"detail": "their words"}'), key="apr_1")
            assert not isinstance(refused.value, OutcomeUnknown)
            assert "their words" not in refused.value.for_people
            assert len(writing.asked) == 1

    async def test_a_full_service_is_waited_for_and_then_asked_once(self, writing: Tried) -> None:
        await writing.run(answer(429, b"", "Retry-After: 3"), self.done(writing.case), key="apr_1")
        assert len(writing.asked) == 2
        assert sum(writing.waits) >= 3.0

    async def test_a_redirect_is_not_followed(self, writing: Tried) -> None:
        with pytest.raises(NotAllowed):
            await writing.run(answer(307, b"", "Location: http://127.0.0.1:1/"), key="apr_1")
        assert len(writing.asked) == 1

    async def test_a_lost_answer_is_looked_up_or_sent_again_or_asked_about(self, writing: Tried) -> None:
        write = writing.case.write
        assert (writing.tool.reconcile is None) == (write.once == "nothing" and write.read_back is None)

    @pytest.mark.parametrize("case", PROVEN, ids=str)
    async def test_with_its_proof_it_counts_as_done(self, case: Case) -> None:
        assert case.write.read_back is not None
        proof = ok(body_of(case.write.read_back, [matching(case.write.read_back, case.arguments, "apr_1")]))
        async with tried(case) as writing:
            assert await writing.reconcile(proof, key="apr_1") is not None
            assert [raw[:4] for raw in writing.asked] == [b"GET "]

    @pytest.mark.parametrize("case", PROVEN, ids=str)
    async def test_without_its_proof_nobody_says_it_was_done(self, case: Case) -> None:
        back = case.write.read_back
        assert back is not None
        async with tried(case) as writing:
            other = ok(body_of(back, [{"id": "another"}]))
            if back.absence_proves:
                assert await writing.reconcile(other, key="apr_1") is None
            else:
                with pytest.raises(OutcomeUnknown):
                    await writing.reconcile(other, key="apr_1")
            for unclear in (answer(500), answer(200, b"<html>"), None):
                with pytest.raises(SophiaError):
                    await writing.reconcile(unclear, key="apr_1")


def planting(path: str, value: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(records: list[dict[str, Any]]) -> None:
        planted(records[0], path, value)

    return change
