"""records of different systems that are one thing

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('identity_links',
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('kept_id', sa.String(length=120), nullable=False),
    sa.Column('other_id', sa.String(length=120), nullable=False),
    sa.Column('why', sa.String(length=160), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=64), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('workspace_id', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'id', name=op.f('pk_identity_links'))
    )
    with op.batch_alter_table('identity_links', schema=None) as batch_op:
        batch_op.create_index('ix_identity_links_kept', ['workspace_id', 'kept_id'], unique=False)
        batch_op.create_index('ix_identity_links_other', ['workspace_id', 'other_id'], unique=False)
