"""places of any length

A place holds what a service named: a cursor or a link's query, of any length.

Revision ID: 0021
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sync_states') as table:
        table.alter_column('cursor', existing_type=sa.String(length=200), type_=sa.Text(), existing_nullable=False)
