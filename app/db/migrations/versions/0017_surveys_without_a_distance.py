"""surveys without a distance

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('market_comps') as table:
        table.alter_column('distance_miles', existing_type=sa.Float(), nullable=True)
        table.alter_column('square_feet', existing_type=sa.BigInteger(), nullable=True)
