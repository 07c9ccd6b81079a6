"""who is writing a document

Forgetting a document that is on its way in takes its claim away. `state` and `error` of documents were never used.

Revision ID: 0023
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'knowledge_claims',
        sa.Column('workspace_id', sa.String(length=64), nullable=False),
        sa.Column('document_id', sa.String(length=120), nullable=False),
        sa.Column('claim', sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint('workspace_id', 'document_id', name=op.f('pk_knowledge_claims')),
    )
    with op.batch_alter_table('knowledge_documents') as table:
        table.drop_column('state')
        table.drop_column('error')
