"""Every outside system Sophia knows of, as data: what to set, how to check it, what works with it today.

One file per area, each with `ROWS`. A row never claims more than works: `does` says what it brings now, and is empty
while the row only checks the credentials. Connectors themselves live in their own files beside this folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Method = Literal["GET", "POST"]


@dataclass(frozen=True)
class Probe:
    """The cheapest authenticated call. `{name}` is replaced by a setting, `{basic}` by base64 of `basic`.

    `ok` statuses mean that the key works, 401 and 403 that it was refused. A probe changes nothing at the vendor.
    """

    url: str
    method: Method = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    basic: str = ""  # "{twilio_account_sid}:{twilio_auth_token}"
    body: Mapping[str, str] | None = None
    form: bool = False
    ok: tuple[int, ...] = (200,)
    error_field: str = ""  # for vendors that answer 200 with an error inside: this JSON field must be true


@dataclass(frozen=True)
class Integration:
    """One row of `sophia doctor`. `needs` are settings that must all be set; `looks_like` maps a setting to the
    pattern of a well-formed value and what it should look like, for people."""

    key: str
    label: str
    needs: tuple[str, ...]
    optional: tuple[str, ...] = ()
    looks_like: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    probe: Probe | None = None
    does: str = ""
    note: str = ""  # what to know when setting it up
    built_in: bool = False
    area: str = ""

    def malformed(self, values: Mapping[str, str]) -> list[str]:
        """One sentence for each setting whose value has the wrong shape; values themselves are never shown."""
        return [
            f"{name.upper()} should look like {example}"
            for name, (pattern, example) in self.looks_like.items()
            if values.get(name) and not all(re.fullmatch(pattern, one) for one in _each(name, values[name]))
        ]


def _each(name: str, value: str) -> list[str]:
    """The keys of a list of keys; other values are one."""
    return [one.strip() for one in value.split(",") if one.strip()] if name.endswith("_api_key") else [value]


def catalog() -> tuple[Integration, ...]:
    """All rows, by area in the order of AREAS, from every module of this folder. Doubled keys stop the start."""
    rows: list[Integration] = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        area = importlib.import_module(module.name)
        rows += [_in_area(row, area.AREA) for row in area.ROWS]
    keys = [row.key for row in rows]
    doubled = {key for key in keys if keys.count(key) > 1}
    if doubled:
        raise ValueError(f"integrations named twice: {', '.join(sorted(doubled))}")
    return tuple(sorted(rows, key=lambda row: AREAS.index(row.area)))


def _in_area(row: Integration, area: str) -> Integration:
    return replace(row, area=area)


AREAS = (
    "AI models",
    "Model gateways",
    "Communication",
    "Property systems",
    "Business systems",
    "Vector databases",
    "Payments",
    "Analytics",
    "Monitoring",
    "Infrastructure",
    "Development",
    "Storage",
)
