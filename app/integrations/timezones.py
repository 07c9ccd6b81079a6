"""The time zone of a property from its state: property systems seldom name one. States with two zones get the one most
of their people live in."""

from __future__ import annotations

from typing import Final

FALLBACK: Final = "America/Chicago"
_ZONES: Final = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
}
_ZONE_OF_STATE: Final = {state: zone for zone, states in _ZONES.items() for state in states.split()}


def zone_of(state: str) -> str | None:
    """The zone's name for a state's two letters; None for a state that is not known."""
    return _ZONE_OF_STATE.get(state)
