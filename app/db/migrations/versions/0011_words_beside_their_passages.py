"""words beside their passages

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The full-text index counted over everything; words are now kept with their passage (app/knowledge/word_index.py).
    op.execute('DROP TABLE knowledge_words')
    # Nothing was released with the old form: documents are read again.
    for table in ('knowledge_readers', 'knowledge_documents', 'knowledge_passages'):
        op.execute(f'DELETE FROM {table}')  # noqa: S608 - names of ours
    op.add_column('knowledge_passages', sa.Column('terms', sa.LargeBinary(), nullable=False, server_default=''))
