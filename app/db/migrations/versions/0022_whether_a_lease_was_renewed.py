"""whether a lease was renewed

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('leases') as table:
        table.add_column(sa.Column('renewed', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_index('ix_leases_end_property')
        table.drop_index('ix_leases_move_out')
        table.create_index(
            'ix_leases_end_property',
            ['workspace_id', 'end_on', 'property_id', 'status', 'rent_cents', 'id', 'deleted_at', 'renewed'],
            unique=False,
        )
        table.create_index(
            'ix_leases_move_out',
            ['workspace_id', 'move_out_on', 'property_id', 'status', 'renewed', 'deleted_at'],
            unique=False,
        )
    op.execute(
        """
        UPDATE leases SET renewed = true WHERE EXISTS (
            SELECT 1 FROM leases AS following
            WHERE following.workspace_id = leases.workspace_id AND following.renewed_from_id = leases.id
              AND following.status <> 'cancelled' AND following.deleted_at IS NULL
        )
        """
    )
