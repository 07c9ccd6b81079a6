"""cards are found by their parts

Where a card stands is known from what was delivered (`deliveries`); nothing read `message_ref`.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('approval_requests') as table:
        table.drop_column('message_ref')
