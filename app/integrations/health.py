"""Is an integration configured, valid and reachable? One cheap call at most, and never a secret in the answer."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

import orjson

from app.domain.errors import RetryLater, SophiaError
from app.http.egress import EgressPolicy
from app.http.outbound import Call, Outbound, Reply, ServicePolicy
from app.http.retry import Repeat, RetryPolicy
from app.integrations.base import ConnectorSpec, Reachability
from app.integrations.catalog import Integration, Probe
from app.integrations.declared.service import Service
from app.settings import first_key

_ANY_STATUS: Final = frozenset(range(200, 600))
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
    """The state of one integration and, in one sentence, what to do about it (empty when there is nothing). `stored`:
    its settings whose value is a stored secret; the others come from the environment."""

    integration: Integration
    state: State
    advice: str = ""
    stored: tuple[str, ...] = ()


_STATES: Final = {"ok": State.WORKS, "unreachable": State.UNREACHABLE, "refused": State.REFUSED}


@dataclass(frozen=True)
class Ways:
    """How rows are asked: `own` checks by row key come before a row's probe. `seconds` is one probe's longest time."""

    outbound: Outbound
    own: Mapping[str, Callable[[], Awaitable[Reachability]]] = field(
        default_factory=dict[str, Callable[[], Awaitable[Reachability]]]
    )
    seconds: float = 8.0


def rows_of(catalog: Iterable[Integration], connectors: Mapping[str, ConnectorSpec]) -> list[Integration]:
    """The catalog's rows, and one for every connector that is not in it."""
    rows = list(catalog)
    known = {row.key for row in rows}
    for key, spec in connectors.items():
        if key not in known:
            needs = tuple(setting.variable.lower() for setting in spec.settings if setting.required)
            optional = tuple(setting.variable.lower() for setting in spec.settings if not setting.required)
            what = ", ".join(resource.label for resource in spec.resources)
            rows.append(Integration(key, spec.label, needs, optional, does=what, area="Property systems"))
    return rows


def with_services(rows: Iterable[Integration], services: Mapping[str, Service]) -> list[Integration]:
    """The rows, those of declared services as their files say: a row of the same key gives way, what it knows besides
    stays."""
    found = {row.key: row for row in rows}
    for key, service in services.items():
        row = found.get(key) or Integration(key, service.label, (), area=service.area)
        needs = tuple(variable.lower() for variable in service.required)
        named = (*(variable.lower() for variable in service.variables), *row.needs, *row.optional)
        optional = tuple(name for name in dict.fromkeys(named) if name not in needs)
        does = ", ".join(operation.title for operation in service.operations.values())
        found[key] = replace(row, needs=needs, optional=optional, does=does, probe=None)
    return list(found.values())


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


async def check(row: Integration, values: Mapping[str, str], ways: Ways) -> Health:
    """`inspect`, and then one call if the row is set and there is a way to ask. Never raises for expected failures."""
    health = inspect(row, values)
    if health.state is not State.SET:
        return health
    if row.key in ways.own:
        answer = await ways.own[row.key]()
        return Health(row, _STATES[answer.state], "" if answer.state == "ok" else answer.sentence)
    if row.probe is None or not _complete(row.probe, values):
        return health
    return await _probed(row, row.probe, values, ways)


async def _probed(row: Integration, probe: Probe, values: Mapping[str, str], ways: Ways) -> Health:
    client = ways.outbound.service(_policy(row, probe, values, ways.seconds))
    try:
        reply = await client.send(_request(probe, values))
    except RetryLater:
        return Health(row, State.UNREACHABLE, "no answer from its address")
    except SophiaError as failed:
        return Health(row, State.UNREACHABLE, failed.sentence)
    if reply.status in probe.ok and _truthful(probe, reply):
        return Health(row, State.WORKS)
    if reply.status in (400, 401, 403) or reply.status in probe.ok:
        return Health(row, State.REFUSED, f"the service refused the key (HTTP {reply.status})")
    return Health(row, State.UNREACHABLE, f"the service answered HTTP {reply.status}; try again later")


async def check_all(
    rows: Iterable[Integration], values: Mapping[str, str], ways: Ways, *, at_once: int = 8
) -> list[Health]:
    """`check` for every row, a few at a time, in the order of `rows`."""
    gate = asyncio.Semaphore(at_once)

    async def one(row: Integration) -> Health:
        async with gate:
            return await check(row, values, ways)

    return list(await asyncio.gather(*(one(row) for row in rows)))


def _listed(names: list[str]) -> str:
    *most, last = [name.upper() for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def _complete(probe: Probe, values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in _PLACEHOLDER.findall(probe.url + probe.basic))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _policy(row: Integration, probe: Probe, values: Mapping[str, str], seconds: float) -> ServicePolicy:
    """The vendor's own host, or exactly the address that the operator set."""
    configured = probe.url.startswith("{")
    egress = EgressPolicy.for_base_url(_filled(probe.url, values), configured=configured)
    return ServicePolicy(
        row.key, row.label, egress, retry=RetryPolicy(attempts=1), attempt_seconds=seconds, max_bytes=1 << 20
    )


def _request(probe: Probe, values: Mapping[str, str]) -> Call:
    one_key = {name: first_key(value) if name.endswith("_api_key") else value for name, value in values.items()}
    headers = {name: _filled(value, one_key) for name, value in probe.headers.items()}
    if probe.basic:
        headers["Authorization"] = "Basic " + base64.b64encode(_filled(probe.basic, values).encode()).decode()
    body: bytes | None = None
    if probe.body is not None:
        fields = {name: _filled(value, values) for name, value in probe.body.items()}
        body = urlencode(fields).encode() if probe.form else orjson.dumps(fields)
        headers["Content-Type"] = "application/x-www-form-urlencoded" if probe.form else "application/json"
    url = _filled(probe.url, values)
    return Call("probe", probe.method, url, Repeat.SAFE, headers=headers, body=body, accept=_ANY_STATUS)


def _truthful(probe: Probe, reply: Reply) -> bool:
    if not probe.error_field:
        return True
    try:
        return bool(reply.json().get(probe.error_field))
    except ValueError:
        return False
