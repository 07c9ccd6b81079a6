"""The properties of each object type, and which values HubSpot takes for them. Every value is a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.sandbox.hubspot.wire import Refused, invalid, moment_of

EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LONGEST: Final = 65_536


@dataclass(frozen=True)
class Property:
    """`kind` is HubSpot's type. `options` are pairs of value and label. Read-only ones are HubSpot's own."""

    name: str
    label: str
    kind: str = "string"
    options: tuple[tuple[str, str], ...] = ()
    read_only: bool = False

    def described(self) -> dict[str, Any]:
        fields = {"string": "text", "number": "number", "datetime": "date", "enumeration": "select", "bool": "radio"}
        return {
            "name": self.name,
            "label": self.label,
            "type": self.kind,
            "fieldType": fields[self.kind],
            "options": [
                {"value": value, "label": label, "displayOrder": place, "hidden": False}
                for place, (value, label) in enumerate(self.options)
            ],
            "hasUniqueValue": self.name == "email",
            "modificationMetadata": {"readOnlyValue": self.read_only},
        }


def _own(created: str, modified: str) -> tuple[Property, ...]:
    return (
        Property("hs_object_id", "Record ID", "number", read_only=True),
        Property(created, "Create Date", "datetime", read_only=True),
        Property(modified, "Last Modified Date", "datetime", read_only=True),
        Property("hubspot_owner_id", "Owner"),
    )


_PRIORITY = (("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High"))
_STATUS = ("NOT_STARTED", "IN_PROGRESS", "COMPLETED", "WAITING", "DEFERRED")
_TABLES: Final[Mapping[str, tuple[Property, ...]]] = {
    "companies": (
        *_own("createdate", "hs_lastmodifieddate"),
        Property("name", "Company name"),
        Property("domain", "Company Domain Name"),
        Property(
            "type",
            "Type",
            "enumeration",
            (
                ("OWNER", "Owner"),
                ("INVESTOR", "Investor"),
                ("CORPORATE_HOUSING", "Corporate housing"),
                ("MANAGEMENT_COMPANY", "Management company"),
                ("PROSPECT", "Prospect"),
                ("OTHER", "Other"),
            ),
        ),
        Property("phone", "Phone Number"),
    ),
    "contacts": (
        *_own("createdate", "lastmodifieddate"),
        Property("email", "Email"),
        Property("firstname", "First Name"),
        Property("lastname", "Last Name"),
        Property("phone", "Phone Number"),
        Property("jobtitle", "Job Title"),
        Property("lifecyclestage", "Lifecycle Stage", "enumeration", (("lead", "Lead"), ("customer", "Customer"))),
    ),
    "deals": (
        *_own("createdate", "hs_lastmodifieddate"),
        Property("dealname", "Deal Name"),
        Property("amount", "Amount", "number"),
        Property("deal_currency_code", "Currency"),
        Property("pipeline", "Pipeline"),
        Property("dealstage", "Deal Stage"),
        Property("closedate", "Close Date", "datetime"),
    ),
    "notes": (
        *_own("hs_createdate", "hs_lastmodifieddate"),
        Property("hs_note_body", "Note body"),
        Property("hs_timestamp", "Activity date", "datetime"),
    ),
    "tasks": (
        *_own("hs_createdate", "hs_lastmodifieddate"),
        Property("hs_task_subject", "Task Title"),
        Property("hs_task_body", "Task Notes"),
        Property("hs_task_status", "Task Status", "enumeration", tuple((one, one.title()) for one in _STATUS)),
        Property("hs_task_priority", "Priority", "enumeration", _PRIORITY),
        Property("hs_task_type", "Task Type", "enumeration", tuple((t, t.title()) for t in ("TODO", "CALL", "EMAIL"))),
        Property("hs_timestamp", "Due date", "datetime"),
    ),
}  # fmt: skip
PROPERTIES: Final[Mapping[str, Mapping[str, Property]]] = {
    kind: {one.name: one for one in table} for kind, table in _TABLES.items()
}
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "deals": ("dealname", "dealstage"),
    "notes": ("hs_timestamp",),
    "tasks": ("hs_timestamp",),
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "companies": ("name", "domain"),
    "contacts": ("email", "firstname", "lastname"),
    "deals": ("amount", "closedate", "dealname", "dealstage", "pipeline"),
    "notes": (),
    "tasks": (),
}
CREATED: Final = {"companies": "createdate", "contacts": "createdate", "deals": "createdate"}
MODIFIED: Final = {"contacts": "lastmodifieddate"}


def created_name(kind: str) -> str:
    return CREATED.get(kind, "hs_createdate")


def modified_name(kind: str) -> str:
    return MODIFIED.get(kind, "hs_lastmodifieddate")


def checked(kind: str, given: Any) -> dict[str, str]:
    """The properties of a write. Raises Refused for unknown, read-only or wrongly typed ones."""
    if not isinstance(given, dict):
        raise invalid("Invalid input JSON: properties is not an object")
    wrong = [problem for name, value in given.items() if (problem := _problem(kind, name, value))]
    if wrong:
        raise invalid("Property values were not valid: " + str(wrong), *wrong)
    return dict(given)


def _problem(kind: str, name: str, value: Any) -> dict[str, Any] | None:
    known = PROPERTIES[kind].get(name)
    if known is None:
        return _said(f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST", name)
    if known.read_only:
        return _said(f'"{name}" is a read only property', "READ_ONLY_VALUE", name)
    if not isinstance(value, str):
        raise invalid(f"Invalid input JSON: Cannot deserialize value of type `java.lang.String` for {name}")
    return None if value == "" else _unfit(known, value)  # an empty one clears it


def _unfit(known: Property, value: str) -> dict[str, Any] | None:
    if len(value) > LONGEST:
        return _said(f"{known.name} is longer than {LONGEST}", "INVALID_LENGTH", known.name)
    if known.options and value not in {one for one, _ in known.options}:
        return _said(f"{value} was not one of the allowed options", "INVALID_OPTION", known.name)
    if not _readable(known, value):
        return _said(f"{value} was not a valid {known.kind}", f"INVALID_{known.kind.upper()}", known.name)
    return None


def _readable(known: Property, value: str) -> bool:
    try:
        if known.kind == "number":
            Decimal(value)
        if known.kind == "datetime":
            moment_of(value)
    except (ValueError, InvalidOperation, OverflowError, OSError):
        return False
    return known.name != "email" or EMAIL.fullmatch(value) is not None


def _said(message: str, code: str, name: str) -> dict[str, Any]:
    return {"message": message, "code": code, "context": {"propertyName": [name]}}


def known_property(kind: str, name: str) -> Property:
    found = PROPERTIES[kind].get(name)
    if found is None:
        raise Refused(400, "VALIDATION_ERROR", f"There was a problem with the request: property {name} does not exist")
    return found
