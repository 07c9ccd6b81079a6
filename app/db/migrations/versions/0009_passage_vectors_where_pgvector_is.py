"""passage vectors where pgvector is

Only on a PostgreSQL that has the extension: elsewhere the documents live in another store, and nothing is missing.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

# Ids compare by code point ("C"), so that ties and pages come in the same order on every server and in Python.
TABLE = """
CREATE TABLE passage_vectors (
    workspace_id varchar(64) NOT NULL,
    embedder text NOT NULL,
    passage_id text COLLATE "C" NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    section bigint NOT NULL,
    header text NOT NULL,
    text text NOT NULL,
    page bigint,
    anchor text NOT NULL,
    kind text NOT NULL,
    dated timestamptz NOT NULL,
    readers text[] NOT NULL,
    vector vector NOT NULL,
    CONSTRAINT pk_passage_vectors PRIMARY KEY (workspace_id, embedder, passage_id)
)
"""
INDEXES = (
    "CREATE INDEX ix_passage_vectors_document ON passage_vectors (workspace_id, embedder, document_id)",
    "CREATE INDEX ix_passage_vectors_readers ON passage_vectors USING gin (readers)",
)
# Whoever may not create an extension has asked for none: the block leaves the database as it was.
EXTENSION = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pgvector is not available';
END $$
"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(EXTENSION)
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'vector'").scalar() is None:
        return
    for statement in (TABLE, *INDEXES):
        connection.exec_driver_sql(statement)
