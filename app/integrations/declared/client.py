"""One declared service, opened with its keys: signs requests in, keeps its pace, reads pages and understands errors."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import structlog

from app.domain.errors import Fixable, NotAllowed, NotFound, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, Reply, ServicePolicy
from app.http.pacing import ALL_CALLS, Allowance, RemainingHeaders
from app.http.retry import Repeat, RetryPolicy
from app.integrations.base import Reachability
from app.integrations.declared.cells import Hidden
from app.integrations.declared.definition import KEY, Pages
from app.integrations.declared.operation import LookUp, Operation
from app.integrations.declared.paging import asked_for, pager_of
from app.integrations.declared.paths import found
from app.integrations.declared.records import NoRecords, Records, meant, new_ones, records_in
from app.integrations.declared.requests import Asked, as_text, filled, filled_path, request_of
from app.integrations.declared.service import Service
from app.integrations.pagers import Came
from app.integrations.paging import Listing

_log = structlog.get_logger(__name__)
_ANSWERED: Final = frozenset({200, 201, 202, 204})
_JUDGED_HERE: Final = frozenset({400, 404, 409, 410, 422})
_REPEATS: Final = {"key_header": Repeat.KEYED, "same_state": Repeat.SAFE, "nothing": Repeat.NEVER}


class DeclaredService:
    """Calls one service. `values` are the variables by name."""

    def __init__(self, service: Service, values: Mapping[str, str], outbound: Outbound) -> None:
        self.service = service
        self._outbound = outbound
        defaults = {one.variable: one.default for one in service.settings}
        self._values = {name: values.get(name) or defaults.get(name, "") for name in service.variables}
        self.address = (self._values[service.address_variable] or service.address).rstrip("/")
        limits = service.limits
        self._client = outbound.service(
            ServicePolicy(
                service.service,
                service.label,
                EgressPolicy.for_base_url(self.address, configured=self.address != service.address.rstrip("/")),
                retry=RetryPolicy(attempts=3, longest_wait=4.0, longest_retry_after=15.0),
                attempt_seconds=limits.seconds,
                silence_seconds=limits.seconds,
                max_bytes=limits.most_bytes,
                allowances=_allowances(service),
                remaining=RemainingHeaders(**limits.left.model_dump()) if limits.left else None,
            )
        )

    @property
    def settings(self) -> dict[str, str]:
        """The values that may stand in paths and addresses: no secret is among them."""
        return {one.variable: self._values[one.variable] for one in self.service.settings if not one.secret}

    async def read(self, tool: str, said: Mapping[str, Any], rows: int) -> Records:
        """The records of a reading operation, at most `rows` of them, each once. Raises SophiaErrors."""
        operation = self.service.operations[tool]
        asked = request_of(operation, said, self.settings, {})
        if operation.pages is not None:
            return await self._pages(tool, operation, operation.pages, asked, said, rows)
        answer, _ = await self._answer(tool, operation, asked, said)
        taken = self._records(tool, operation, answer)
        return Records(tuple(taken[:rows]), self._hidden(answer), self._now(), more=len(taken) > rows)

    async def write(self, tool: str, said: Mapping[str, Any], key: str) -> Records:
        """Carries a write out, once; the record that came back. Raises what a write raises: RetryLater and Fixable
        mean not done, OutcomeUnknown that nobody knows."""
        operation = self.service.operations[tool]
        if operation.write is None:
            raise TypeError(f"{tool} writes nothing")
        asked = request_of(operation, said, self.settings, {KEY: key})
        if operation.write.header:
            asked = asked.with_header(operation.write.header, key)
        answer, _ = await self._answer(tool, operation, asked, said)
        rows = self._records(tool, operation, answer) if operation.record is not None else []
        return Records(tuple(rows), self._hidden(answer), self._now())

    async def look_up(
        self, tool: str, lookup: LookUp, said: Mapping[str, Any], key: str = ""
    ) -> tuple[list[Any], Records]:
        """The records a look-up means, and all that were looked at. Raises SophiaErrors."""
        method, _, path = lookup.call.partition(" ")
        asked = Asked(method, filled_path(path, {**self.settings, **said}))
        try:
            answer, _ = await self._answer(tool, None, asked, said)
        except NotFound:
            return [], Records((), Hidden(), self._now())
        try:
            records = records_in(lookup, answer)
        except NoRecords as wrong:
            raise self._client.failures.nonsense(tool, str(wrong)) from None
        looked = Records(tuple(records), self._hidden(answer), self._now())
        return meant(records, lookup, {**self.settings, **said, KEY: key}), looked

    async def check(self) -> Reachability:
        """Asks for the cheapest thing the file names; never raises for expected failures."""
        label = self.service.label
        try:
            path = filled_path(self.service.check.partition(" ")[2], self.settings)
            await self._answer("check", None, Asked("GET", path), {})
        except NotAllowed as refused:
            return Reachability("refused", refused.for_people)
        except NotFound:
            return Reachability("refused", f"{label} knows no such address; check {', '.join(self.service.variables)}.")
        except SophiaError as failed:
            return Reachability("unreachable", failed.for_people)
        return Reachability("ok", f"{label} answers.")

    async def _pages(
        self, tool: str, operation: Operation, pages: Pages, asked: Asked, said: Mapping[str, Any], rows: int
    ) -> Records:
        async def ask(place: str) -> Came:
            asks = asked.with_query(asked_for(pages, place).items())
            answer, reply = await self._answer(tool, operation, asks, said)
            return Came(self._records(tool, operation, answer), answer, reply.headers)

        taken: list[Any] = []
        known, texts = set[str](), set[str]()
        more, read = True, 0
        async with aclosing(Listing(tool, pager_of(pages), ask, self._client.failures).walk()) as walk:
            async for step in walk:
                texts |= self._hidden(step.answer).texts
                taken += new_ones(step.records, operation.key, known)
                read += 1
                more = step.after is not None or len(taken) > rows
                if len(taken) >= rows or read >= pages.most:
                    break
        return Records(tuple(taken[:rows]), Hidden(frozenset(texts)), self._now(), more=more)

    async def _answer(
        self, tool: str, operation: Operation | None, asked: Asked, said: Mapping[str, Any]
    ) -> tuple[Any, Reply]:
        """The decoded answer; None for an empty one to a write that shows no record. `operation` None: a look-up or a
        check."""
        target, headers = self._signed(asked)
        write = operation.write if operation is not None else None
        call = Call(
            operation=tool,
            method=asked.method,
            url=f"{self.address}{target}",
            repeat=_REPEATS[write.once] if write else Repeat.SAFE,
            headers=headers,
            body=asked.body,
            accept=_ANSWERED | _JUDGED_HERE,
            lane=tool if operation is not None else ALL_CALLS,
        )
        reply = await self._client.send(call)
        if reply.status in _JUDGED_HERE:
            raise self._refusal(tool, operation, reply, said)
        if write and operation is not None and operation.record is None and not reply.body.strip():
            return None, reply
        try:
            answer = reply.json()
        except ValueError:
            kind = reply.headers.get("Content-Type", "no content type")
            raise self._unreadable(tool, operation, f"not JSON ({kind[:60]}, {len(reply.body)} bytes)") from None
        if not isinstance(answer, dict | list):
            raise self._unreadable(tool, operation, f"a {type(answer).__name__}")
        if self.service.errors.code and found(answer, self.service.errors.code):
            raise self._refusal(tool, operation, reply, said)
        return answer, reply

    def _signed(self, asked: Asked) -> tuple[str, dict[str, str]]:
        """Path and query, and headers, with the credentials in them."""
        auth = self.service.auth
        secret = self._values.get(auth.secret or "", "")
        headers = {"Accept": "application/json", **self.service.headers, **asked.headers}
        if auth.by == "bearer":
            headers["Authorization"] = f"Bearer {secret}"
        elif auth.by == "basic":
            user = self._values.get(auth.user or "", "")
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
        elif auth.by == "header":
            headers[auth.name] = f"{auth.prefix}{secret}"
        elif auth.by == "query":
            joint = "&" if "?" in asked.target else "?"
            return f"{asked.target}{joint}{urlencode({auth.name: secret})}", headers
        return asked.target, headers

    def _records(self, tool: str, listing: Operation, answer: Any) -> list[Any]:
        try:
            return records_in(listing, answer)
        except NoRecords as wrong:
            raise self._unreadable(tool, listing, str(wrong)) from None

    def _hidden(self, answer: Any) -> Hidden:
        secrets = [self._values[one.variable] for one in self.service.settings if one.secret]
        return Hidden.in_answer(answer, self.service.never_shown, secrets)

    def _unreadable(self, tool: str, operation: Operation | None, why: str) -> SophiaError:
        if operation is not None and operation.write is not None:
            return self._client.failures.unknown_outcome(tool, why)
        return self._client.failures.nonsense(tool, why)

    def _refusal(self, tool: str, operation: Operation | None, reply: Reply, said: Mapping[str, Any]) -> SophiaError:
        """The service looked at the request and refused it: what it says goes to the log, people hear our own words."""
        errors = self.service.errors
        code = _code(reply, errors.code)
        _log.warning("service_refused", service=self.service.service, operation=tool, status=reply.status, code=code)
        if code in errors.sentences:
            return Fixable(errors.sentences[code], code="vendor_refused", detail=f"{tool}: {code}")
        if reply.status in (404, 410):
            sentence = filled(operation.not_found, said) if operation is not None and operation.not_found else ""
            return NotFound(sentence or f"{self.service.label} doesn't know what you mean.", code="vendor_not_found")
        return self._client.failures.refused(f"{tool} ({code[:60]})", reply.status)

    def _now(self) -> datetime:
        return self._outbound.clock.now()


def _allowances(service: Service) -> tuple[Allowance, ...]:
    """What the service allows of all calls, and of single operations: their name is their lane."""
    everything = [Allowance(one.calls, one.seconds) for one in service.limits.allowed]
    single = [(tool, one.allowed) for tool, one in service.operations.items() if one.allowed is not None]
    return (*everything, *(Allowance(one.calls, one.seconds, lane=tool) for tool, one in single))


def _code(reply: Reply, path: str) -> str:
    """The error's code, empty when there is none to be read."""
    try:
        answer = reply.json()
    except ValueError:
        return ""
    values = found(answer, path) if path else []
    return as_text(values[0])[:120] if values and isinstance(values[0], str | int) else ""
