"""Guest cards are found by the day of the inquiry.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_guest_cards_inquired', 'guest_cards', ['workspace_id', 'inquired_on', 'property_id'], unique=False
    )
