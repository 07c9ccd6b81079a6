"""The lexical side of the search: BM25 over the words of passages, in the main database.

SQLite has it in FTS5 (`porter unicode61`; sqlite.org/fts5.html#the_bm25_function). PostgreSQL's own ranking is no BM25
and finds much less (SciFact nDCG@10 .37 against .68), so there the score is worked out from its word vectors. Both
look at visible passages only; how rare a word is, is counted over the workspace on PostgreSQL and over the whole file
on SQLite, which says nothing about any one passage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.knowledge.passages import Sight
from app.knowledge.stores.base import Hit

MOST_WORDS = 32  # of a question; what follows adds little and costs time
_WORD = re.compile(r"\w+")
_STOP = frozenset(
    "a about all am an and any are as at be because been but by can could did do does for from had has have how i if "
    "in into is it its me my no not of on or our should so some than that the their them then there these they this "
    "to was we were what when where which who whom why will with would you your".split()
)


@dataclass(frozen=True)
class Indexed:
    """The words of one passage, under its row number."""

    row: int
    words: str


def words_of(question: str) -> list[str]:
    """The words that are searched for: each once, in order, without those that stand in every text."""
    found = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    telling = [word for word in found if word not in _STOP]
    return (telling or list(found))[:MOST_WORDS]


def stem_of(word: str) -> str:
    """Enough of a word to find its other forms inside a text."""
    return word if len(word) <= 4 else word[: max(4, len(word) - 2)]


async def add(session: AsyncSession, workspace_id: str, passages: Sequence[Indexed]) -> None:
    """Indexes passages; in the caller's transaction."""
    if passages:
        rows = [{"row": one.row, "words": one.words, "workspace": workspace_id} for one in passages]
        await session.execute(_SQLITE_ADD if _is_sqlite(session) else _POSTGRES_ADD, rows)


async def remove(session: AsyncSession, rows: Sequence[int]) -> None:
    """Forgets passages; in the caller's transaction, and before their rows go."""
    if rows:
        await session.execute(
            _SQLITE_REMOVE if _is_sqlite(session) else _POSTGRES_REMOVE, [{"row": row} for row in rows]
        )


async def matching(session: AsyncSession, sight: Sight, question: str, limit: int) -> list[Hit]:
    """The visible passages with the highest BM25 score, best first; empty when no word of the question occurs."""
    words = words_of(question)
    if not words:
        return []
    values: dict[str, Any] = {"workspace": sight.workspace_id, "tokens": sorted(sight.tokens), "limit": limit}
    if sight.documents is not None:
        values["documents"] = sorted(sight.documents)
    if sight.kinds:
        values["kinds"] = sorted(sight.kinds)
    if _is_sqlite(session):
        values["match"] = " OR ".join(f'"{word}"' for word in words)
        statement = _expanded(_SQLITE_MATCH, sight)
    else:
        values["question"] = " ".join(words)
        statement = _expanded(_POSTGRES_MATCH, sight)
    found = await session.execute(statement, values)
    return [Hit(f"{document}#{number}", document, float(score)) for document, number, score in found]


async def rarity(session: AsyncSession, workspace_id: str, words: Sequence[str]) -> dict[str, float]:
    """How telling each word is (BM25's idf): high for one that few passages hold, highest for one that none does."""
    passages = await session.scalar(_COUNT, {"workspace": workspace_id}) or 0
    found: dict[str, float] = {}
    for word in words:
        statement, value = (_SQLITE_DF, f'"{word}"') if _is_sqlite(session) else (_POSTGRES_DF, word)
        holding = await session.scalar(statement, {"word": value, "workspace": workspace_id}) or 0
        found[word] = math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
    return found


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _expanded(template: str, sight: Sight) -> TextClause:
    """The statement with the sight's conditions in it; all values are bound."""
    narrowed = ""
    names = ["tokens"]
    if sight.documents is not None:
        narrowed += " AND r.document_id IN :documents"
        names.append("documents")
    if sight.kinds:
        narrowed += (
            " AND EXISTS (SELECT 1 FROM knowledge_documents d WHERE d.workspace_id = r.workspace_id"
            " AND d.id = r.document_id AND d.kind IN :kinds)"
        )
        names.append("kinds")
    visible = _VISIBLE + narrowed
    names_bound = (bindparam(name, type_=String, expanding=True) for name in names)
    return text(template.replace("{visible}", visible)).bindparams(*names_bound)


_VISIBLE = "SELECT r.document_id FROM knowledge_readers r WHERE r.workspace_id = :workspace AND r.token IN :tokens"
_SQLITE_ADD = text("INSERT INTO knowledge_words (rowid, words) VALUES (:row, :words)")
_SQLITE_REMOVE = text("DELETE FROM knowledge_words WHERE rowid = :row")
_POSTGRES_REMOVE = text("DELETE FROM knowledge_words WHERE row = :row")
_SQLITE_MATCH = """
SELECT p.document_id, p.number, -bm25(knowledge_words) AS score
FROM knowledge_words JOIN knowledge_passages p ON p.row = knowledge_words.rowid
WHERE knowledge_words MATCH :match AND p.workspace_id = :workspace AND p.document_id IN ({visible})
ORDER BY score DESC, p.document_id, p.number LIMIT :limit
"""
_COUNT = text("SELECT count(*) FROM knowledge_passages WHERE workspace_id = :workspace")
_SQLITE_DF = text(
    "SELECT count(*) FROM knowledge_words JOIN knowledge_passages p ON p.row = knowledge_words.rowid "
    "WHERE knowledge_words MATCH :word AND p.workspace_id = :workspace"
)
_POSTGRES_DF = text(
    "SELECT count(*) FROM knowledge_words "
    "WHERE workspace_id = :workspace AND words @@ plainto_tsquery('english', CAST(:word AS text))"
)
_POSTGRES_ADD = text(
    "INSERT INTO knowledge_words (row, workspace_id, words, length) "
    "SELECT CAST(:row AS bigint), CAST(:workspace AS varchar), v, "
    "(SELECT coalesce(sum(coalesce(array_length(positions, 1), 1)), 0) FROM unnest(v)) "
    "FROM to_tsvector('english', CAST(:words AS text)) AS v"
)
# k1 = 1.2, b = 0.75 as in FTS5.
_POSTGRES_MATCH = """
WITH terms AS (SELECT unnest(tsvector_to_array(to_tsvector('english', CAST(:question AS text)))) AS term),
     corpus AS (SELECT count(*)::float AS n, greatest(avg(length), 1)::float AS mean
                FROM knowledge_words WHERE workspace_id = :workspace),
     rarity AS (SELECT term, (SELECT count(*) FROM knowledge_words w WHERE w.workspace_id = :workspace
                              AND w.words @@ CAST(quote_literal(term) AS tsquery))::float AS df FROM terms),
     seen AS ({visible})
SELECT p.document_id, p.number,
       sum(ln(1 + (c.n - q.df + 0.5) / (q.df + 0.5))
           * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * w.length / c.mean))) AS score
FROM knowledge_words w
JOIN knowledge_passages p ON p.row = w.row
CROSS JOIN corpus c
CROSS JOIN LATERAL unnest(w.words) AS lexemes(lexeme, positions, weights)
CROSS JOIN LATERAL (SELECT array_length(lexemes.positions, 1)::float AS tf) AS counts
JOIN rarity q ON q.term = lexemes.lexeme
WHERE w.workspace_id = :workspace AND p.document_id IN (SELECT document_id FROM seen)
  AND w.words @@ CAST((SELECT string_agg(quote_literal(term), ' | ') FROM terms) AS tsquery)
GROUP BY p.document_id, p.number
ORDER BY score DESC, p.document_id, p.number LIMIT :limit
"""
