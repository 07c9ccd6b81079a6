"""Rent rolls: every unit with who lives there, what they pay and until when.

A rent roll speaks for its units: a lease that was current in one of them and is not in it any more has ended. Charges
and balances of a rent roll are not taken: balances are worked out from the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from app.db.models.leasing import Lease, Resident
from app.db.models.property import Property, Unit
from app.domain.period import Period
from app.imports.home import LIVING, Home
from app.imports.kind import PROPERTY, RESIDENT, UNIT, Column, Kind, Line, Record, day_column
from app.imports.layout import LAYOUT, unit_record, unit_row, unit_status
from app.imports.tenancies import CONTACT, person_name, resident_record, resident_row
from app.imports.values import Refused

MONTH_TO_MONTH = frozenset({"mtm", "m-t-m", "m2m", "month to month", "month-to-month", "monthly"})
_NOT_FOR_RENT = re.compile(r"model|down|admin|office|employee unit", re.IGNORECASE)


def take(line: Line, home: Home) -> Iterable[Record]:
    name = person_name(line)
    word = unit_status(line) if line.has("status") and not _is_lease_word(line) else None
    if _NOT_FOR_RENT.fullmatch(name):
        name, word = "", "down"
    if not name:
        if line.cents("rent"):
            raise Refused(f"{line.labels['rent']} is there, and nobody is named")
        if word in ("occupied", "notice"):
            raise Refused(f"the unit is {word}, and nobody is named")
        return [unit_record(unit_row(line, home, status=word or "vacant"), home)]
    return _lived_in(line, home, name, word)


def _lived_in(line: Line, home: Home, name: str, word: str | None) -> list[Record]:
    start = line.needed("lease_start", line.day("lease_start") or line.day("move_in"))
    rent = line.needed("rent", line.cents("rent"))
    leaves_on = line.day("move_out")
    end = line.needed("lease_end", _end(line, home))
    if end < start:
        raise Refused(f"the lease ends ({end}) before it starts ({start})")
    if rent < 0:
        raise Refused("the rent is less than nothing")
    future = start > home.as_of and (line.day("move_in") or start) > home.as_of
    notice = word == "notice" or leaves_on is not None or line.text("status").casefold() in ("notice", "ntv")
    status = "future" if future else "notice" if notice else "current"
    unit = _unit(line, home, future=future, notice=notice)
    resident = resident_row(line, home, unit, name)
    lease: dict[str, Any] = {
        "id": f"{unit['id']}/{start.isoformat()}",
        "property_id": home.id,
        "unit_id": unit["id"],
        "resident_id": resident["id"],
        "occupants": name,
        "status": status,
        "start_on": start,
        "end_on": end,
        "move_in_on": line.day("move_in") or (None if future else start),
        "move_out_on": leaves_on,
        "rent_cents": rent,
    }
    if line.has("deposit"):
        lease["deposit_cents"] = line.cents("deposit") or 0
    if lease["id"] in home.seen_leases:
        raise Refused(f"another row has a lease of this unit from {start}")
    records = [resident_record(resident, home)]
    if not future or unit["id"] not in home.units:
        records.insert(0, unit_record(unit, home))
    home.add_lease(lease)
    home.seen_leases.add(lease["id"])
    return records


def _unit(line: Line, home: Home, *, future: bool, notice: bool) -> dict[str, Any]:
    """The unit as the line leaves it. Who moves in later changes nothing of a unit that is known."""
    if future:
        known = home.unit(line.needed("unit", line.text("unit", 20)).upper(), line.text("building", 40))
        return known or unit_row(line, home, status="vacant")
    return unit_row(line, home, status="notice" if notice else "occupied")


def _end(line: Line, home: Home) -> date | None:
    """The lease's last day. A lease from month to month always ends with the month."""
    if not line.blank("lease_end") and str(line.cells["lease_end"]).strip().casefold() in MONTH_TO_MONTH:
        return Period.month_of(home.as_of).end
    return line.day("lease_end")


def _is_lease_word(line: Line) -> bool:
    return line.text("status").casefold() in ("future", "applicant", "pending renewal", "renewed", "mtm", "eviction")


def finish(home: Home) -> Iterator[Record]:
    """The leases, each with the one it renews. A lease that was current in a unit of this rent roll and is not in it
    has ended: the day before its renewal begins, else by the day of the rent roll."""
    for unit_id in sorted({home.leases[one]["unit_id"] for one in home.seen_leases} | home.seen_units):
        leases = home.leases_of(unit_id)
        for number, lease in enumerate(leases):
            before = [one for one in leases[:number] if one["resident_id"] == lease["resident_id"]]
            after = [one for one in leases[number + 1 :] if one["resident_id"] == lease["resident_id"]]
            if lease["id"] in home.seen_leases:
                yield Record(Lease, {**lease, "renewed_from_id": before[-1]["id"] if before else None})
            elif lease["status"] in LIVING and after:
                end = min(lease["end_on"], after[0]["start_on"] - timedelta(days=1))
                yield Record(Lease, {**lease, "status": "past", "end_on": max(end, lease["start_on"])})
            elif lease["status"] in LIVING:
                left = min(lease["move_out_on"] or home.as_of, home.as_of)
                yield Record(Lease, {**lease, "status": "past", "move_out_on": left})


KIND = Kind(
    key="rent-roll",
    label="a rent roll",
    rank=2,
    columns=(
        PROPERTY,
        UNIT,
        RESIDENT,
        *LAYOUT,
        *CONTACT,
        Column(
            "rent",
            "Rent",
            (
                "lease rent",
                "actual rent",
                "contract rent",
                "monthly rent",
                "current rent",
                "in place rent",
                "base rent",
                "lease charge",
            ),
        ),
        day_column(
            "lease_start",
            "Lease start",
            ("lease from", "start date", "lease begin", "lease start date", "from", "lease begin date"),
        ),
        day_column(
            "lease_end",
            "Lease end",
            (
                "lease to",
                "end date",
                "lease expiration",
                "expiration",
                "lease end date",
                "lease exp",
                "expire",
                "to",
                "lease expire",
            ),
        ),
        day_column("move_in", "Move in", ("move in date", "moved in", "movein")),
        day_column("move_out", "Move out", ("move out date", "notice date to vacate", "expected move out", "moveout")),
        Column("deposit", "Deposit", ("security deposit", "resident deposit", "deposits held", "deposit held")),
        Column("status", "Status", ("unit status", "occupancy status", "lease status", "state")),
    ),
    needs=(("unit",), ("resident",), ("rent",), ("lease_start", "move_in"), ("lease_end",)),
    models=(Property, Unit, Resident, Lease),
    resources=("units", "residents", "leases"),
    take=take,
    makes_properties=True,
    finish=finish,
)
