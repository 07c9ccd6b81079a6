"""Contacts that Sophia adds. HubSpot gives an e-mail address to one contact only, which makes it the contact's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from app.domain.clock import Clock
from app.domain.errors import Fixable, NotFound
from app.integrations.hubspot.client import Conflict, HubSpotClient, Request
from app.integrations.hubspot.fields import milliseconds, record_id
from app.integrations.hubspot.ids import SOURCE
from app.integrations.hubspot.searching import Searching
from app.integrations.writing import Write

CONTACT_TO_COMPANY: Final = 279  # HubSpot's number of that association
_LOOK_BACK: Final = timedelta(days=2)  # how long after a lost answer its contact is still looked for
_NAMES: Final = ("firstname", "lastname", "phone")


@dataclass(frozen=True)
class Ensured:
    """A contact's id in HubSpot, and that of its company where the read model may not have it yet ("" for none)."""

    number: str
    new_company: str = ""


class Contacts:
    """Makes contacts once."""

    def __init__(self, client: HubSpotClient, searching: Searching, clock: Clock) -> None:
        self._client, self._searching, self._clock = client, searching, clock

    async def ensure(self, write: Write) -> Ensured:
        """The contact, made now unless it is there. Raises Fixable when its address is another person's."""
        values = write.values
        known = await self._known(values, patient=write.again)
        if known:
            return Ensured(known)
        company, new = await self._company(values, patient=write.again)
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": CONTACT_TO_COMPANY}
        links = [{"to": {"id": company}, "types": [kind]}] if company else []
        try:
            made = await self._searching.create("contacts", {"properties": _properties(values), "associations": links})
        except Conflict as taken:  # somebody else was faster
            known = await self._known(values, patient=False)
            if not known:
                raise
            made = taken.existing_id or known
        return Ensured(made, company if new else "")

    async def _known(self, values: Mapping[str, Any], *, patient: bool) -> str:
        """The id of the contact if it is there: by its address at once, else, after a lost answer, by name and number
        among the new ones."""
        if email := str(values.get("email") or ""):
            return await self._by_address(email, str(values["name"]))
        if not patient:
            return ""
        wanted = _properties(values)
        since = milliseconds(self._clock.now() - _LOOK_BACK)
        filters = [{"propertyName": name, "operator": "EQ", "value": wanted[name]} for name in _NAMES if name in wanted]
        filters.append({"propertyName": "createdate", "operator": "GTE", "value": since})
        found = await self._searching.found("contacts", filters, _NAMES, patient=True)
        return next((number for number, held in found if (held.get("phone") or "") == wanted.get("phone", "")), "")

    async def _by_address(self, email: str, name: str) -> str:
        path = f"/crm/v3/objects/contacts/{quote(email, safe='')}"
        params = {"idProperty": "email", "properties": ",".join(_NAMES)}
        try:
            answer = await self._client.call(Request("read_contacts", "GET", path, params))
        except NotFound:
            return ""
        held = answer.get("properties") or {}
        theirs = f"{held.get('firstname') or ''} {held.get('lastname') or ''}".strip()
        if theirs.casefold() != " ".join(name.split()).casefold():
            raise Fixable(
                f"HubSpot has that address already, for {theirs or 'a contact without a name'}.",
                next_step="Please check the address, or add the contact without one.",
                code="contact_exists",
            )
        return record_id(answer.get("id"))

    async def _company(self, values: Mapping[str, Any], *, patient: bool) -> tuple[str, bool]:
        """The company's id and whether it was added: by its id here, else by its name."""
        source, _, number = str(values.get("company_id") or "").partition(":")
        if source == SOURCE:
            return number, False
        name = str(values.get("company") or "")
        if not name:
            return "", False
        filters = [{"propertyName": "name", "operator": "EQ", "value": name}]
        found = await self._searching.found("companies", filters, ("name",), patient=patient)
        if found:
            return found[0][0], True
        return await self._searching.create("companies", {"properties": {"name": name}, "associations": []}), True


def _properties(values: Mapping[str, Any]) -> dict[str, str]:
    """The contact's properties: the last word of the name is the last name."""
    first, _, last = " ".join(str(values["name"]).split()).rpartition(" ")
    given = {
        "firstname": first or last,
        "lastname": last if first else "",
        "email": str(values.get("email") or ""),
        "phone": str(values.get("phone") or ""),
    }
    return {name: value for name, value in given.items() if value}
