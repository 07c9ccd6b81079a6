"""How well passages support a question, word by word: each telling word of the question is looked for in the passage.

One vector says what a text is about. "Can an applicant pay the application fee in bitcoin" is about what the page on
application fees is about, and the page says nothing of bitcoin. So each word of the question is compared with each
word of the passage, both as they are meant in their text, and the nearest one counts (late interaction, as ColBERT
does it: arxiv.org/abs/2004.12832), the more the rarer the word is in English.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.following import asked_from
from app.knowledge.embedders.base import Words, WordWise

READ = 2  # passages, the best first
BEFORE = 0.2  # weight of a word of the question that this one goes on from
_KEPT = 96  # passages whose words are kept: some 15 MB


class Support:
    """Compares questions with passages by the words of one embedder."""

    def __init__(self, embedder: WordWise) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, NDArray[np.float16]] = OrderedDict()

    async def of(self, question: str, passages: Sequence[str]) -> float:
        """How near the best of the first `READ` passages comes to all that is asked, 0…1."""
        if not passages:
            return 0.0
        asked = (await self._embedder.words([question]))[0]
        weights = _weights(asked, question)
        return max(
            float(weights @ (asked.vectors @ words.astype(np.float32).T).max(axis=1, initial=0))
            for words in await self._words(passages[:READ])
        )

    async def _words(self, passages: Sequence[str]) -> list[NDArray[np.float16]]:
        fresh = [text for text in dict.fromkeys(passages) if text not in self._kept]
        made = await self._embedder.words(fresh) if fresh else []
        read = {text: words.vectors.astype(np.float16) for text, words in zip(fresh, made, strict=True)}
        found = [read[text] if text in read else self._kept[text] for text in passages]
        for text, words in zip(passages, found, strict=True):
            self._kept[text] = words
            self._kept.move_to_end(text)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


def _weights(asked: Words, question: str) -> NDArray[np.float32]:
    """What each word of the question counts; together 1."""
    of_before = np.array(asked.starts) < asked_from(question)
    weights = asked.telling * np.where(of_before, BEFORE, 1.0)
    if not weights.any():  # "what is it": there is nothing to tell by, so every word is looked for
        weights = np.ones_like(weights)
    return (weights / weights.sum()).astype(np.float32)
