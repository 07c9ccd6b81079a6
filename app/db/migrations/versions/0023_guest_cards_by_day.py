"""Guest cards are found by the day of the inquiry.

Revision ID: 0023
Revises: 0020
"""

from __future__ import annotations

from alembic import op

revision = '0023'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_guest_cards_inquired', 'guest_cards', ['workspace_id', 'inquired_on', 'property_id'], unique=False
    )
