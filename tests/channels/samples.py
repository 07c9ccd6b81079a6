"""Answers of every sort, to look at on every surface."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.channels.text import Reader
from app.domain.answer import (
    Answer,
    AnswerKind,
    ApprovalCard,
    Chart,
    Choice,
    Column,
    ColumnKind,
    FieldChange,
    Series,
    Source,
    Table,
)
from app.domain.money import Money

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
READER = Reader(timezone="America/Chicago", now=NOW)
ENTRATA = Source("Entrata", "3 units at Maple Court", datetime(2026, 3, 18, 14, 42, tzinfo=UTC))
HUBSPOT = Source("HubSpot", "1 deal", datetime(2026, 3, 17, 22, 5, tzinfo=UTC), link="https://app.hubspot.com/deals/1")

RENT_ROLL = Table(
    "Rent roll, Maple Court",
    (
        Column("unit", "Unit"),
        Column("resident", "Resident"),
        Column("rent", "Rent", ColumnKind.MONEY),
        Column("occupancy", "Paid", ColumnKind.PERCENT),
        Column("beds", "Beds", ColumnKind.NUMBER),
        Column("ends", "Lease ends", ColumnKind.DATE),
        Column("seen", "Updated", ColumnKind.DATETIME),
    ),
    (
        ("101", "Ana Ruiz", Money.of(1895), Decimal("0.947"), 2, date(2026, 8, 31), ENTRATA.as_of),
        ("102", '=HYPERLINK("x")', Money.of("1895.50"), Decimal(1), 1, date(2027, 1, 31), ENTRATA.as_of),
        ("12B", None, Money.of(-20), None, 0, None, None),
    ),
)

CHART = Chart(
    "Occupancy by property",
    "bar",
    ("Maple Court", "Oakwood Terrace at the Riverfront"),
    (Series("Occupancy", (94.7, 91.25)),),
    "%",
)

CARD = ApprovalCard(
    approval_id="apr_1",
    tool="create_work_order",
    title="Open a work order",
    changes=(
        FieldChange("Unit", "", "Maple Court 101"),
        FieldChange("Priority", "normal", "high"),
        FieldChange("Description", "", "Kitchen faucet leaks <badly> & floods"),
    ),
    recipients=("Ana Ruiz, +1 512 555 0101",),
    consequence="Entrata gets a new work order, and maintenance sees it at once.",
    approvers="you or a property manager",
    expires_at=datetime(2026, 3, 18, 19, 30, tzinfo=UTC),
    editable=("description", "priority"),
)

WITH_TABLE = Answer(
    AnswerKind.ANSWER,
    "Maple Court has **3 units**; the average rent is $1,895.\n\n- 2 are leased\n- 1 is vacant",
    tables=(RENT_ROLL,),
    charts=(CHART,),
    sources=(ENTRATA, HUBSPOT),
    notes=("Answered without a language model.",),
    follow_ups=("And at Oakwood Terrace?", "Which leases end in August?"),
    definitions=("average_rent", "occupancy"),
)

CITED = Answer(
    AnswerKind.ANSWER,
    "**Pet policy** says: “Two pets.” [1] So does the lease [2].",
    sources=(
        Source("Documents", "Pet policy › <Deposits> & fees, p. 2", datetime(2026, 1, 5, tzinfo=UTC),
               link="https://docs.example.com/pets?a=1&b=|x#deposits", number=1),
        Source("Documents", "Lease", datetime(2025, 6, 1, tzinfo=UTC), link="javascript:alert(1)", number=2),
    ),
    notes=("Answered without a language model.",),
)  # fmt: skip

QUESTION = Answer(
    AnswerKind.QUESTION,
    "Which Maple do you mean?",
    choices=(Choice("Maple Grove", "Rent roll for Maple Grove"), Choice("Maple Court", "Rent roll for Maple Court")),
)

APPROVAL = Answer(AnswerKind.APPROVAL, "I can open this work order once it is approved.", approvals=(CARD,))

FAILED = Answer(
    AnswerKind.FAILED, "I couldn't reach Entrata just now, and nothing was changed. Please try again in a minute."
)


def long_table(rows: int, *, words: int = 1) -> Table:
    """A table of `rows` rows; `words` makes its text column wider."""
    return Table(
        "Delinquent residents",
        (Column("name", "Resident"), Column("owed", "Owed", ColumnKind.MONEY)),
        tuple((f"Resident {number} " + "and family " * words, Money.of(number)) for number in range(rows)),
        total_rows=rows,
    )
