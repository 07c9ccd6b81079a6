"""The accounts of a property's books that are told apart, and the names that people and systems give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INCOME: Final = ("rent", "other_income")
ACCOUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    "rent": ("rent", "rental income", "rent income", "gross rent", "net rental income", "rental revenue"),
    "other_income": ("other income", "other revenue", "ancillary income", "misc income", "fee income"),
    "bad_debt": ("bad debt", "bad debt expense", "write offs", "credit loss"),
    "payroll": ("payroll", "personnel", "salaries", "payroll and benefits", "salaries and wages", "wages"),
    "repairs": ("repairs", "repairs and maintenance", "r and m", "maintenance", "repair and maintenance", "r m"),
    "turnover": ("turnover", "turnover costs", "make ready", "unit turns", "turn costs", "make ready expense"),
    "utilities": ("utilities", "utility expense"),
    "marketing": (
        "marketing",
        "advertising",
        "marketing and advertising",
        "leasing and marketing",
        "advertising and marketing",
    ),
    "insurance": ("insurance", "property insurance", "insurance expense"),
    "taxes": ("taxes", "real estate taxes", "property taxes", "property tax", "real estate tax", "taxes expense"),
    "management_fee": ("management fee", "management fees", "mgmt fee", "property management fee"),
    "admin": ("admin", "administrative", "general and administrative", "administration", "g and a", "g a", "office"),
}
_BY_NAME = {name: account for account, names in ACCOUNTS.items() for name in (*names, account)}


def account_named(said: str) -> str | None:
    """The account that is called so, however it is written (`6100 Repairs & Maintenance`); None for any other name."""
    words = said.casefold().replace("&", " and ").replace("_", " ")
    folded = " ".join("".join(one if one.isalnum() else " " for one in words).split())
    while folded and folded.split()[0].isdigit():  # the account's number in the chart of accounts
        folded = folded.partition(" ")[2]
    return _BY_NAME.get(folded) or _BY_NAME.get(folded.replace(" ", "_"))
