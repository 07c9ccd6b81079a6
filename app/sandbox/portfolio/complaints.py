"""What breaks in apartments, by trade: the words residents and staff use on work orders."""

from __future__ import annotations

from app.sandbox.portfolio.records import Priority, WorkCategory

# trade, its share of all work orders in percent, in-house share in percent
TRADES: tuple[tuple[WorkCategory, int, int], ...] = (
    ("plumbing", 27, 70),
    ("hvac", 18, 60),
    ("electrical", 12, 75),
    ("appliance", 18, 90),
    ("pest", 6, 0),
    ("general", 19, 95),
)

COMPLAINTS: dict[WorkCategory, tuple[str, ...]] = {
    "plumbing": (
        "Kitchen faucet drips", "Bathroom sink drains slowly", "Toilet runs all night", "Toilet will not flush",
        "Shower head leaks at the wall", "Kitchen sink leaking under the cabinet", "No hot water in the shower",
        "Low water pressure in the kitchen", "Bathtub drain clogged", "Washer hose connection seeps",
        "Water stain spreading on the bathroom ceiling",
    ),
    "hvac": (
        "AC is not cooling", "Thermostat screen is blank", "Heater blows cold air", "AC unit leaks water inside",
        "Air filter needs to be replaced", "Loud noise from the air handler", "Bedroom vent has no airflow",
    ),
    "electrical": (
        "Bathroom outlet does not work", "Kitchen lights flicker", "Breaker trips when the microwave runs",
        "Porch light is out", "Smoke detector chirps", "Ceiling fan wobbles", "Bedroom light switch is loose",
    ),
    "appliance": (
        "Refrigerator does not stay cold", "Dishwasher leaves standing water", "Oven does not heat evenly",
        "Dryer takes three cycles", "Washer does not spin", "Garbage disposal jammed", "Ice maker stopped working",
        "Stove burner does not light",
    ),
    "pest": (
        "Ants in the kitchen", "Roaches seen under the sink", "Wasp nest on the balcony", "Mice in the pantry",
        "Follow-up treatment for ants",
    ),
    "general": (
        "Front door sticks", "Closet door off its track", "Blinds in the living room are broken",
        "Balcony railing is loose", "Cabinet hinge broken", "Window screen torn", "Carpet seam coming up",
        "Mailbox key does not turn", "Caulking around the tub has mold", "Drywall patch after leak",
    ),
}  # fmt: skip

EMERGENCIES: dict[WorkCategory, tuple[str, ...]] = {
    "plumbing": (
        "Pipe burst under the kitchen sink", "Sewage backing up into the bathtub", "Ceiling leak, water pouring in",
    ),
    "hvac": ("No heat with a newborn at home", "AC out, resident has a medical condition"),
    "electrical": ("Burning smell from the breaker panel", "Half of the apartment has no power"),
    "appliance": ("Gas smell near the stove",),
    "pest": ("Wasps inside the bedroom, resident allergic",),
    "general": ("Front door will not lock after a break-in", "Resident locked in, deadbolt jammed"),
}  # fmt: skip

WAITING_FOR = ("waiting for a part", "resident asked to reschedule", "waiting for vendor quote", "no access, pet loose")

PRIORITIES: tuple[tuple[Priority, int], ...] = (("low", 18), ("normal", 62), ("high", 17), ("emergency", 3))
