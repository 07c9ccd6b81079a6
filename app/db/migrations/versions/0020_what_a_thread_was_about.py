"""what a thread was about

The older part of a long thread, summed up, stands at the turn behind which it was made.

Revision ID: 0020
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('thread_turns') as table:
        table.add_column(sa.Column('earlier', sa.Text(), nullable=True))
