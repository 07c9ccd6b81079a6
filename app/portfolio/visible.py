"""Which rows a person may see: every query over the read model starts from these conditions.

Not for scopes (whether a person may use a tool at all): that is the gate's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.domain.principal import Principal


def visible(principal: Principal, model: Any) -> ColumnElement[bool]:
    """The rows of `model` in the person's workspace that still exist and belong to the person's properties.

    Rows without a property (company-wide invoices) are only for people who see every property. Tables without a
    property column (deals, contacts, tasks) are limited by workspace alone. Private rows (calls) are only for those of
    the company's people who took part, told by their e-mail address.
    """
    conditions = [model.workspace_id == principal.workspace_id]
    if hasattr(model, "deleted_at"):
        conditions.append(model.deleted_at.is_(None))
    own_id = model.id if model.__tablename__ == "properties" else getattr(model, "property_id", None)
    if own_id is not None and principal.property_ids is not None:
        conditions.append(own_id.in_(sorted(principal.property_ids)))
    if hasattr(model, "is_private"):
        conditions.append(or_(model.is_private.is_(False), _took_part(principal, model)))
    return and_(*conditions)


def _took_part(principal: Principal, model: Any) -> ColumnElement[bool]:
    email = principal.email.strip().lower()
    return model.attendees.contains(f"|{email}|", autoescape=True) if email and "|" not in email else false()


def first_rows(
    principal: Principal, model: Any, fits: ColumnElement[bool], order: Sequence[Any], limit: int
) -> ColumnElement[bool]:
    """The first `limit` rows that fit, in that order, chosen before anything is joined to them: over a large portfolio
    the joins are then made for the rows that are shown, not for all that fit."""
    chosen = select(model.id).where(fits).order_by(*order, model.id).limit(limit)
    return and_(model.workspace_id == principal.workspace_id, model.id.in_(chosen))
