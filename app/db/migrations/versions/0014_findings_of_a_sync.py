"""what a sync found in a source's data, and what its records look like

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sync_findings',
    sa.Column('kind', sa.String(length=160), nullable=False),
    sa.Column('record', sa.String(length=200), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('workspace_id', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'id', name=op.f('pk_sync_findings'))
    )
    op.create_table('sync_shapes',
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('learned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('workspace_id', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'id', name=op.f('pk_sync_shapes'))
    )
