"""The resources `status`, `properties` and `propertyunits`."""

from __future__ import annotations

from typing import Any

from app.sandbox.entrata.store import EntrataStore
from app.sandbox.entrata.wire import Answer, Refused, Request, dollars, php, us_day
from app.sandbox.portfolio.records import FloorPlan, Property, Unit

_STATUS = {
    "occupied": "Occupied No Notice",
    "notice": "Notice Unrented",
    "vacant": "Vacant Unrented Ready",
    "vacant_leased": "Vacant Rented Ready",
    "down": "Down",
}


def get_status(store: EntrataStore, request: Request) -> Answer:
    return Answer({"status": "Success", "message": "API service is available and running."})


def get_properties(store: EntrataStore, request: Request) -> Answer:
    wanted = _wanted(store, request.params.get("propertyIds"))
    return Answer({"PhysicalProperty": {"Property": php([_property(one, store) for one in wanted])}})


def _wanted(store: EntrataStore, ids: list[int] | None) -> list[Property]:
    known = {one.id: one for one in store.properties}
    if ids is None:
        return list(known.values())
    if any(one not in known for one in ids):
        raise Refused(301, "Property is not valid or is disabled.")
    return [known[one] for one in ids]


def _property(one: Property, store: EntrataStore) -> dict[str, Any]:
    month = f"{store.portfolio.today:%m/%Y}"
    return {
        "PropertyID": one.id,
        "MarketingName": one.name,
        "Type": "Apartment",
        "General_ID": "",
        "YearBuilt": str(one.year_built),
        "ShortDescription": {"b": one.name},
        "LongDescription": {"b": f"{one.name}, {one.city}"},
        "webSite": f"https://{one.email.partition('@')[2]}",
        "Address": {
            "@attributes": {"AddressType": "property"},
            "Address": one.street,
            "City": one.city,
            "State": one.state,
            "PostalCode": one.postal_code,
            "Country": "US",
            "Email": one.email,
        },
        "PostMonths": {"ArPostMonth": month, "ApPostMonth": month, "GlPostMonth": month},
        "IsDisabled": "0",
        "IsFeaturedProperty": "0",
        "CustomKeysData": {"CustomKeyData": php([{"Key": "Also Known As", "Value": ", ".join(one.aliases)}])}
        if one.aliases
        else "",
    }


def get_floor_plans(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    counts = {
        plan.id: sum(unit.floor_plan_id == plan.id for unit in home.community.units)
        for plan in home.community.floor_plans
    }
    return Answer({"FloorPlans": {"FloorPlan": php([_plan(p, counts[p.id]) for p in home.community.floor_plans])}})


def _plan(plan: FloorPlan, units: int) -> dict[str, Any]:
    feet, rent = str(plan.square_feet), dollars(plan.market_rent_cents)
    return {
        "Identification": {"IDValue": str(plan.id), "@attributes": {"IDType": "FloorplanID"}},
        "Name": plan.name,
        "PropertyId": plan.property_id,
        "FloorplanGroups": "",
        "Comment": "",
        "UnitCount": str(units),
        "UnitsAvailable": "0",
        "UnitTypes": "",
        "IsDisabled": False,
        "Room": [
            {"Count": str(plan.bedrooms), "@attributes": {"RoomType": "Bedroom"}},
            {"Count": f"{plan.bathrooms:g}", "@attributes": {"RoomType": "Bathroom"}},
        ],
        "SquareFeet": {"@attributes": {"Max": feet, "Min": feet}},
        "MarketRent": {"@attributes": {"Max": rent, "Min": rent}},
        "Deposit": "",
        "Amenity": php([{"@attributes": {"AmenityType": name}} for name in plan.amenities]),
        "File": "",
    }


def get_property_units(store: EntrataStore, request: Request) -> Answer:
    homes = [store.home(one) for one in request.params["propertyIds"]]
    return Answer(
        {
            "properties": {
                "property": php(
                    [
                        {
                            "propertyId": home.community.property.id,
                            "propertyName": home.community.property.name,
                            "remotePrimaryKey": "",
                            "unitCount": len(home.community.units),
                            "buildingCount": len({unit.building for unit in home.community.units}),
                            "propertyAvailabilityURL": "",
                            "units": {"unit": php([_unit(u, home.community.property) for u in home.community.units])},
                        }
                        for home in homes
                    ]
                )
            }
        }
    )


def _unit(unit: Unit, home: Property) -> dict[str, Any]:
    rent = unit.market_rent_cents // 100 if unit.market_rent_cents % 100 == 0 else unit.market_rent_cents / 100
    return {
        "id": unit.id,
        "unitNumber": int(unit.number) if unit.number.isdecimal() else unit.number,
        "buildingId": ord(unit.building[0]) if unit.building else 0,
        "buildingName": unit.building,
        "floorplanId": unit.floor_plan_id,
        "floorplanName": "",
        "unitTypeId": unit.floor_plan_id,
        "unitTypeName": "",
        "noOfBedrooms": unit.bedrooms,
        "noOfBathrooms": f"{unit.bathrooms:g}",
        "squareFeet": unit.square_feet,
        "isFurnished": 0,
        "isCorportateRented": 0,
        "numberOccupants": 2 * max(unit.bedrooms, 1),
        "maxPets": 2 if unit.pet_friendly else 0,
        "unitAvailabilityURL": "",
        "unitAddress": {
            "address": f"{home.street} {unit.number}",
            "city": home.city,
            "state": home.state,
            "postalCode": home.postal_code,
            "country": "US",
        },
        "unitSpaces": {
            "unitSpace": {
                "unitSpaceId": unit.id,
                "unitNumber": unit.number,
                "isAffordable": 0,
                "hasPricing": 1,
                "excludedReason": "Down" if unit.status == "down" else "",
                "spaceConfiguration": "Conventional",
                "availabilityStatus": "Available" if unit.available_on else "Not Available",
                "availableDate": us_day(unit.available_on),
                "makeReadyDate": "",
                "rent": {"minRent": rent, "maxRent": rent, "termRent": ""},
                "minDeposit": "0",
                "maxDeposit": "0",
                "reserveUntil": "",
                "amenities": {
                    "amenity": php(
                        [{"id": 1 + n, "name": name, "type": "Unit"} for n, name in enumerate(unit.amenities)]
                    )
                },
                "pets": "",
            }
        },
    }


def get_units_availability(store: EntrataStore, request: Request) -> Answer:
    home = store.home(request.params["propertyId"])
    units = list(home.community.units)
    if request.params.get("availableUnitsOnly"):
        units = [unit for unit in units if unit.available_on is not None]
    if request.params.get("unavailableUnitsOnly"):
        units = [unit for unit in units if unit.available_on is None]
    if one := request.params.get("propertyUnitId"):
        units = [unit for unit in units if unit.id == one]
    start, end = request.params.get("moveInStartDate"), request.params.get("moveInEndDate")
    if start or end:
        units = [u for u in units if u.available_on and (not end or u.available_on <= end)]
    priced = not request.params.get("skipPricing")
    plans = [
        {
            "Name": plan.name,
            "UnitCount": sum(unit.floor_plan_id == plan.id for unit in home.community.units),
            "UnitsAvailable": sum(u.floor_plan_id == plan.id and u.available_on is not None for u in units),
            "Room": php([{"Description": "", "Count": plan.bedrooms, "RoomType": "Bedroom"}]),
            "SquareFeet": {"Avg": plan.square_feet, "Max": plan.square_feet, "Min": plan.square_feet},
            "MarketRent": {"Avg": plan.market_rent_cents // 100, "Max": 0, "Min": 0},
            "Deposit": "",
        }
        for plan in home.community.floor_plans
    ]
    property_ = home.community.property
    return Answer(
        {
            "Properties": {
                "Property": {
                    "PropertyId": str(property_.id),
                    "MarketingName": property_.name,
                    "Floorplans": {"Floorplan": php(plans)},
                }
            },
            "PropertyUnits": {"PropertyUnit": php([{"UnitSpace": _space(unit, priced)} for unit in units])},
        }
    )


def _space(unit: Unit, priced: bool) -> dict[str, Any]:
    status = "Notice Rented" if unit.status == "notice" and unit.available_on is None else _STATUS[unit.status]
    rent = {"LeaseTerm": "12", "Rent": f"{unit.market_rent_cents / 100:,.2f}", "RateFrequency": "Monthly"}
    return {
        "Rent": {"TermRent": php([rent])} if priced else {"TermRent": ""},
        "Deposit": {"MinDeposit": "0", "MaxDeposit": "0"},
        "UnitNumber": unit.number,
        "Availability": "Available" if unit.available_on else "Not Available",
        "Status": status,
        "AvailableOn": us_day(unit.available_on),
        "OccupancyType": "Conventional",
        "IsAffordable": 0,
        "HasPricing": 1,
        "Area": str(unit.square_feet),
    }


def get_mits_property_units(store: EntrataStore, request: Request) -> Answer:
    wanted = _wanted(store, request.params["propertyIds"])
    entries = [
        {
            "Identification": {"IDValue": str(one.id), "@attributes": {"IDScopeType": "sender", "IDRank": "primary"}},
            "PropertyID": {
                "Identification": {"IDValue": str(one.id)},
                "MarketingName": one.name,
                "Phone": php([{"PhoneNumber": one.phone.removeprefix("+1"), "@attributes": {"PhoneType": "office"}}]),
            },
            "Information": {"UnitCount": str(one.unit_count), "YearBuilt": str(one.year_built)},
        }
        for one in wanted
    ]
    return Answer({"PhysicalProperty": {"Property": php(entries)}})
