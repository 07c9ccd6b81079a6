"""Is an integration configured, valid and reachable? One cheap call at most, and never a secret in the answer."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from app.integrations.catalog import Integration, Probe

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class State(StrEnum):
    """What can be said of an integration; the value is what people read."""

    BUILT_IN = "built in"
    WORKS = "works"
    SET = "set"
    NOT_SET = "not set"
    INCOMPLETE = "incomplete"
    MALFORMED = "looks wrong"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"

    @property
    def needs_attention(self) -> bool:
        """True when somebody configured this and it cannot work as it is."""
        return self in (State.INCOMPLETE, State.MALFORMED, State.REFUSED, State.UNREACHABLE)


@dataclass(frozen=True)
class Health:
    """The state of one integration and, in one sentence, what to do about it (empty when there is nothing)."""

    integration: Integration
    state: State
    advice: str = ""


def inspect(row: Integration, values: Mapping[str, str]) -> Health:
    """What can be said without the network. `values` holds the set settings by field name, as plain text."""
    if row.built_in:
        return Health(row, State.BUILT_IN)
    missing = [name for name in row.needs if not values.get(name)]
    if len(missing) == len(row.needs):
        return Health(row, State.NOT_SET, f"set {_listed(missing)}" if missing else row.note)
    if missing:
        return Health(row, State.INCOMPLETE, f"also set {_listed(missing)}")
    wrong = row.malformed(values)
    return Health(row, State.MALFORMED, "; ".join(wrong)) if wrong else Health(row, State.SET)


async def check(row: Integration, values: Mapping[str, str], client: httpx.AsyncClient) -> Health:
    """`inspect`, and then one call to the vendor if the row is set and has a probe. Never raises."""
    health = inspect(row, values)
    if health.state is not State.SET or row.probe is None or not _complete(row.probe, values):
        return health
    try:
        response = await client.request(**_request(row.probe, values))
    except httpx.HTTPError as failure:
        return Health(row, State.UNREACHABLE, f"no answer from its address ({_plainly(failure)})")
    if response.status_code in row.probe.ok and _truthful(row.probe, response):
        return Health(row, State.WORKS)
    if response.status_code in (400, 401, 403) or response.status_code in row.probe.ok:
        return Health(row, State.REFUSED, f"the service refused the key (HTTP {response.status_code})")
    return Health(row, State.UNREACHABLE, f"the service answered HTTP {response.status_code}; try again later")


async def check_all(
    rows: Iterable[Integration], values: Mapping[str, str], client: httpx.AsyncClient, *, at_once: int = 8
) -> list[Health]:
    """`check` for every row, a few at a time, in the order of `rows`."""
    gate = asyncio.Semaphore(at_once)

    async def one(row: Integration) -> Health:
        async with gate:
            return await check(row, values, client)

    return list(await asyncio.gather(*(one(row) for row in rows)))


def _listed(names: list[str]) -> str:
    *most, last = [name.upper() for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def _complete(probe: Probe, values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in _PLACEHOLDER.findall(probe.url + probe.basic))


def _request(probe: Probe, values: Mapping[str, str]) -> dict[str, Any]:
    def fill(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

    headers = {name: fill(value) for name, value in probe.headers.items()}
    if probe.basic:
        headers["Authorization"] = "Basic " + base64.b64encode(fill(probe.basic).encode()).decode()
    request: dict[str, Any] = {"method": probe.method, "url": fill(probe.url), "headers": headers}
    if probe.body is not None:
        request["data" if probe.form else "json"] = {name: fill(value) for name, value in probe.body.items()}
    return request


def _truthful(probe: Probe, response: httpx.Response) -> bool:
    if not probe.error_field:
        return True
    try:
        return bool(response.json().get(probe.error_field))
    except ValueError:
        return False


def _plainly(failure: httpx.HTTPError) -> str:
    if isinstance(failure, httpx.TimeoutException):
        return "it took too long"
    return "connection failed" if isinstance(failure, httpx.ConnectError) else "the connection broke"
