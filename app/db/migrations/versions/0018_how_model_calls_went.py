"""how model calls went

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('model_calls',
    sa.Column('turn_id', sa.String(length=80), nullable=False),
    sa.Column('trace_id', sa.String(length=80), nullable=False),
    sa.Column('user_id', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('task', sa.String(length=16), nullable=False),
    sa.Column('policy', sa.String(length=16), nullable=False),
    sa.Column('answered', sa.String(length=260), nullable=False),
    sa.Column('cost_microdollars', sa.BigInteger(), nullable=False),
    sa.Column('total_ms', sa.BigInteger(), nullable=False),
    sa.Column('candidates', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('workspace_id', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'id', name=op.f('pk_model_calls'))
    )
    with op.batch_alter_table('model_calls', schema=None) as batch_op:
        batch_op.create_index('ix_model_calls_created_at', ['workspace_id', 'created_at'], unique=False)
        batch_op.create_index('ix_model_calls_trace_id', ['workspace_id', 'trace_id'], unique=False)
        batch_op.create_index('ix_model_calls_turn_id', ['workspace_id', 'turn_id'], unique=False)

    with op.batch_alter_table('usage_records', schema=None) as batch_op:
        batch_op.create_index('ix_usage_records_turn_id', ['workspace_id', 'turn_id'], unique=False)
