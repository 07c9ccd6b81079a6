"""Ledgers: charges, payments and credits of each lease. Balances are worked out from them; a balance column is not
taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from app.db.models.leasing import LedgerEntry
from app.imports.home import Home
from app.imports.kind import PROPERTY, RESIDENT, UNIT, Column, Kind, Line, Record, day_column
from app.imports.tenancies import person_name
from app.imports.values import Refused, shown

CODES: Final[Mapping[str, str]] = {
    "rent": "rent",
    "rent charge": "rent",
    "apartment rent": "rent",
    "base rent": "rent",
    "residential rent": "rent",
    "rnt": "rent",
    "pet rent": "pet_rent",
    "parking": "parking",
    "garage": "parking",
    "carport": "parking",
    "utility": "utility",
    "utilities": "utility",
    "utility reimbursement": "utility",
    "water": "utility",
    "sewer": "utility",
    "electric": "utility",
    "trash": "utility",
    "late fee": "late_fee",
    "late charge": "late_fee",
    "late": "late_fee",
    "application fee": "application_fee",
    "security deposit": "deposit",
    "deposit": "deposit",
    "concession": "concession",
    "rent concession": "concession",
    "write off": "write_off",
    "bad debt write off": "write_off",
    "payment": "payment",
    "check": "payment",
    "ach": "payment",
    "ach payment": "payment",
    "online payment": "payment",
    "receipt": "payment",
}
KINDS: Final[Mapping[str, str]] = {
    "charge": "charge",
    "debit": "charge",
    "invoice": "charge",
    "payment": "payment",
    "receipt": "payment",
    "credit": "credit",
    "concession": "credit",
    "adjustment credit": "credit",
}
_SLUG = re.compile(r"[^a-z0-9]+")


def take(line: Line, home: Home) -> Iterable[Record]:
    posted = line.needed("posted_on", line.day("posted_on"))
    kind, cents = _amount(line)
    description = line.text("description", 200)
    code = _code(line, description, kind, home)
    lease = _lease(line, home, posted)
    due = line.day("due_on")
    reference = line.text("reference", 40)
    if reference:
        name = f"no/{reference}"
    else:
        name = f"{posted.isoformat()}/{code}/{cents}/{_SLUG.sub('-', description.casefold()).strip('-')[:20]}"
    yield Record(
        LedgerEntry,
        {
            # Without a number of its own an entry is named by what it says; the staging counts equal ones.
            "id": f"{lease['unit_id']}/{name}",
            "lease_id": lease["id"],
            "property_id": home.id,
            "kind": kind,
            "code": code,
            "description": description or code.replace("_", " "),
            "amount_cents": cents,
            "posted_on": posted,
            "due_on": due or (posted if kind == "charge" else None),
        },
        repeats=not reference,
    )


def _amount(line: Line) -> tuple[str, int]:
    """Kind and cents: charges are positive, payments and credits negative."""
    charge, payment = line.cents("charge") or 0, line.cents("payment") or 0
    if charge and payment:
        raise Refused("both a charge and a payment are there")
    if charge:
        return ("charge", charge) if charge > 0 else ("credit", charge)
    if payment:
        return "payment", -payment
    amount = line.cents("amount")
    if not amount:
        raise Refused("no amount is there")
    said = line.text("kind").casefold()
    if not said:
        return ("charge", amount) if amount > 0 else ("payment", amount)
    if said not in KINDS:
        raise Refused(
            f"{line.labels['kind']}: I don't know “{shown(said)}”; it says neither charge, payment nor credit"
        )
    kind = KINDS[said]
    if kind == "charge":
        return ("charge", amount) if amount > 0 else ("credit", amount)
    return kind, -abs(amount)


def _code(line: Line, description: str, kind: str, home: Home) -> str:
    said = line.text("code") or (description if description.casefold() in CODES else kind)
    folded = " ".join(_SLUG.sub(" ", said.casefold()).split())
    if folded in CODES:
        return CODES[folded]
    code = folded.replace(" ", "_")[:40] or kind
    if code not in ("charge", "payment", "credit"):
        home.notes.add(f"Charge code “{shown(said)}” is new to me and was kept as it is.")
    return code


def _lease(line: Line, home: Home, posted: date) -> dict[str, Any]:
    """The lease that an entry belongs to: the unit's, of that resident if one is named, that had begun by then."""
    number = line.needed("unit", line.text("unit", 20)).upper()
    unit = home.unit(number, line.text("building", 40))
    if unit is None:
        raise Refused(f"there is no unit {number} at {home.name}; import its rent roll first")
    leases, name = home.leases_of(unit["id"]), person_name(line)
    if name:
        leases = [one for one in leases if home.residents.get(one["resident_id"]) == name.lower()]
    begun = [one for one in leases if one["start_on"] <= posted]
    if begun:
        return begun[-1]
    if leases and name:
        return leases[0]  # deposits and fees come before the lease begins
    who = f" of {name}" if name else ""
    raise Refused(f"unit {number} has no lease{who} on {posted}; import the rent roll first")


KIND = Kind(
    key="ledger",
    label="a ledger",
    rank=4,
    columns=(
        PROPERTY,
        UNIT,
        RESIDENT,
        Column("building", "Building", ("bldg", "building no", "bldg no")),
        day_column(
            "posted_on", "Date", ("post date", "posted", "transaction date", "trans date", "posting date", "entry date")
        ),
        day_column("due_on", "Due", ("due date", "due on")),
        Column("kind", "Type", ("transaction type", "trans type", "entry type", "debit credit")),
        Column("code", "Code", ("charge code", "chg code", "category", "account", "charge type")),
        Column("description", "Description", ("memo", "note", "detail", "remark", "comment")),
        Column("charge", "Charge", ("charges", "debit", "charge amount")),
        Column("payment", "Payment", ("payments", "receipt", "payment amount", "paid", "credit")),
        Column("amount", "Amount", ("transaction amount", "net amount", "total amount")),
        Column(
            "reference",
            "Reference",
            ("transaction id", "trans id", "ctrl no", "control no", "control", "ref", "ref no", "id", "transaction no"),
        ),
    ),
    needs=(("unit",), ("posted_on",), ("charge", "payment", "amount")),
    models=(LedgerEntry,),
    resources=("ledgers",),
    take=take,
)
