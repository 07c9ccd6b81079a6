"""Residents and their leases as sheets name them."""

from __future__ import annotations

import re
from typing import Any

from app.db.models.leasing import Resident
from app.domain.errors import Fixable
from app.domain.phone import e164
from app.imports.home import Home
from app.imports.kind import Column, Line, Record
from app.imports.values import Refused

CONTACT = (
    Column("email", "E-mail", ("email", "email address", "e mail address", "mail")),
    Column(
        "phone", "Phone", ("phone no", "mobile", "cell", "cell phone", "mobile phone", "telephone", "primary phone")
    ),
)
NOBODY = frozenset({"", "vacant", "vacant unit", "(vacant)", "empty"})
_LAST_FIRST = re.compile(r"[^\W\d_][\w .'’-]*, ?[^\W\d_][\w .'’-]*")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "esq", "llc", "inc", "inc.", "llp"})


def person_name(line: Line) -> str:
    """`Maria Gonzalez`, also from `Gonzalez, Maria`; "" when nobody is named."""
    said = line.text("resident")
    if said.casefold() in NOBODY:
        return ""
    last, _, first = said.partition(",")
    if _LAST_FIRST.fullmatch(said) and first.strip().casefold() not in _SUFFIXES:
        return f"{first.strip()} {last.strip()}"
    return said


def resident_row(line: Line, home: Home, unit: dict[str, Any], name: str) -> dict[str, Any]:
    """The resident of a unit. The id is made of unit and name: who moves to another unit is a new record."""
    search_name = " ".join(name.casefold().replace("’", "'").split())
    row: dict[str, Any] = {
        "id": f"{unit['id']}/{search_name.replace('/', ' ')}",
        "property_id": home.id,
        "name": name,
        "search_name": name.lower(),
    }
    if len(row["id"]) > 120:
        raise Refused("the names of this row are too long to be kept")
    if line.has("email"):
        row["email"] = _email(line)
    if line.has("phone"):
        row["phone"] = _phone(line)
    return row


def resident_record(row: dict[str, Any], home: Home) -> Record:
    home.residents[row["id"]] = row["search_name"]
    return Record(Resident, row)


def _email(line: Line) -> str:
    said = line.text("email", 200)
    if said and (said.count("@") != 1 or " " in said or said.startswith("@") or said.endswith("@")):
        raise Refused(f"{line.labels['email']}: “{said[:40]}” is no e-mail address")
    return said


def _phone(line: Line) -> str:
    said = line.text("phone", 40)
    if not said:
        return ""
    try:
        return e164(said)
    except Fixable:
        raise Refused(f"{line.labels['phone']}: “{said}” is no phone number") from None
