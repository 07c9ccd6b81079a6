"""which version a passage came with

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('knowledge_passages') as table:
        table.add_column(sa.Column('since', sa.BigInteger(), nullable=False, server_default='0'))
        table.create_index('ix_knowledge_passages_since', ['workspace_id', 'since'], unique=False)
