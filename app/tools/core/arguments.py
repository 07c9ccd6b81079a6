"""Argument types that several tools share, with the checks that a JSON schema cannot say."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_WORK_ORDER = re.compile(r"(?i)(?:wo|work order|ticket)?[\s#:-]*(\d{1,12})")
_UNIT = re.compile(r"(?i)(?:unit|apt\.?|apartment|#)?\s*#?([0-9a-z][0-9a-z-]{0,11})")


def _clock_time(value: str) -> str:
    match = _CLOCK.fullmatch(value.strip())
    if match is None:
        raise ValueError("must be a time of day as HH:MM, for example 14:30")
    return f"{int(match[1]):02d}:{match[2]}"


def _work_order_number(value: str) -> str:
    match = _WORK_ORDER.fullmatch(value.strip())
    if match is None:
        raise ValueError("must be a work order number such as WO-1042")
    return f"WO-{match[1]}"


def _unit_number(value: str) -> str:
    match = _UNIT.fullmatch(value.strip())
    if match is None:
        raise ValueError("must be a unit number such as 204 or 12B")
    return match[1].upper()


ClockTime = Annotated[str, AfterValidator(_clock_time)]
"""A time of day, 24 h `HH:MM`."""

WorkOrderNumber = Annotated[str, AfterValidator(_work_order_number)]
"""`WO-1042`; `1042`, `#1042` and `ticket 1042` are taken too."""

UnitNumber = Annotated[str, AfterValidator(_unit_number)]
"""`204`, `12B`; a leading `unit`, `apt` or `#` is dropped."""
