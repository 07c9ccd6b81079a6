"""The company's approved vendors. The same for every seed; only insurance dates follow today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.sandbox.portfolio.people import phone_number
from app.sandbox.portfolio.records import Property
from app.sandbox.portfolio.register import Vendor

_COAST = ("Harbor Point",)
_HOUSTON = ("Magnolia Place",)
_DALLAS = ("Parkview Tower",)
_SAN_ANTONIO = ("Sunset Villas", "Elm Street Flats")
_FIRST_LINE = 40

# name, category, where (empty = everywhere), rating, days until the insurance ends
_KNOWN: tuple[tuple[str, str, tuple[str, ...], float, int], ...] = (
    ("AceFlow Plumbing", "plumbing", (), 4.7, 210),
    ("Hill Country Plumbing", "plumbing", ("Oakwood Terrace", "Stonegate", "Cedar Ridge", "Willow Creek"), 4.3, 95),
    ("Bayline Drain & Sewer", "plumbing", _COAST + _HOUSTON, 4.1, 160),
    ("BrightSpark Electric", "electrical", (), 4.6, 300),
    ("Trinity Volt Electric", "electrical", _DALLAS, 4.4, 18),
    ("Saltgrass Electric", "electrical", _COAST + _HOUSTON, 4.0, 240),
    ("CoolBreeze HVAC", "hvac", (), 4.5, 130),
    ("Blue Norther Air", "hvac", ("Maple Grove", "Riverside Lofts", "Birchwood Commons"), 4.2, 75),
    ("Gulf Comfort Air", "hvac", _COAST + _HOUSTON, 4.4, 190),
    ("GreenThumb Landscaping", "landscaping", (), 4.4, 260),
    ("Prairie & Pine Grounds", "landscaping", _DALLAS + _SAN_ANTONIO, 4.1, 50),
    ("ProPaint Co", "painting", (), 4.3, 145),
    ("Second Coat Painters", "painting", _SAN_ANTONIO, 3.9, 330),
    ("SecureLock Services", "locksmith", (), 4.8, 280),
    ("Night Owl Locksmiths", "locksmith", ("Elm Street Flats", "Sunset Villas", "Parkview Tower"), 4.2, 110),
    ("Bluebonnet Pest", "pest", (), 4.5, 170),
    ("Armadillo Exterminating", "pest", _SAN_ANTONIO + _COAST, 4.0, -6),
    ("Sparkle Turn Cleaning", "cleaning", (), 4.2, 220),
    ("Spotless Make-Ready", "cleaning", ("Maple Grove", "Oakwood Terrace", "Stonegate"), 4.6, 65),
)


def approved_vendors(properties: Sequence[Property], today: date) -> tuple[Vendor, ...]:
    """All vendors, ids from 1. Where a vendor's communities are not in this portfolio, it is left out."""
    ids = {prop.name: prop.id for prop in properties}
    return tuple(
        Vendor(
            id=number,
            name=name,
            category=category,
            phone=phone_number(_FIRST_LINE + number),
            email=f"dispatch@{''.join(filter(str.isalnum, name.lower()))}.example",
            property_ids=tuple(ids[place] for place in where if place in ids),
            insured_until=today + timedelta(days=days),
            rating=rating,
        )
        for number, (name, category, where, rating, days) in enumerate(_KNOWN, start=1)
        if not where or any(place in ids for place in where)
    )
