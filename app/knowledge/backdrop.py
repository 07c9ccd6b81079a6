"""How near a question is to anything people in housing ask: what a passage must stand out from.

"What do furnished corporate apartments cost per week" is near to every page about apartments without any of them
answering it. Its nearness to questions of all sorts says how much of its nearness to a passage means nothing.
"""

from __future__ import annotations

import asyncio

import numpy as np
import numpy.typing as npt

from app.knowledge.embedders.base import Embedder, Vector

PART = 80  # percentile: as near as the nearer ones of the questions below
USUAL = (
    "what is our policy on pets",
    "how do we handle noise complaints",
    "what's the rule for guests staying over",
    "steps to do a move out inspection",
    "what does the employee handbook say about vacation",
    "what's the process for evictions",
    "how do I approve an application",
    "when do we charge late fees",
    "are residents allowed to paint their walls",
    "is smoking allowed in the apartments",
    "how should I deal with an abandoned unit",
    "what do we do when a pipe bursts after hours",
    "how do I onboard a new vendor",
    "what if a resident loses their keys",
    "company policy on service animals",
    "can we charge for reserved parking",
    "who approves concessions",
    "what are the pool rules",
    "how many days notice do residents have to give",
    "what are the screening criteria",
    "how does a renewal work",
    "is there a guide for turning units",
    "what does the policy say about partial payments",
    "how do I transfer a resident to another unit",
    "what are quiet hours",
    "guidelines for advertising apartments",
    "what to do about mold",
    "how does a resident break a lease early",
    "do we allow month to month leases",
    "how do I code an invoice",
    "what is the maximum number of people per bedroom",
    "can I accept cash for rent",
    "what is the dress code",
    "what insurance do tenants need",
    "how long do we have to return a deposit",
    "are tenants allowed to have grills on balconies",
    "who may have a master key",
    "how do I add a roommate to a lease",
    "where do guests park",
    "how much is the application fee",
    "how is rent prorated",
    "can a resident run a business from home",
    "who pays for pest control",
    "how does the referral bonus work",
    "where is the emergency plan",
    "how do we answer a bad review",
    "how do I request time off",
    "who is responsible for smoke detectors",
)


class Backdrop:
    """The usual questions as vectors of one embedder; made once, when the first question comes."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = asyncio.Lock()
        self._vectors: npt.NDArray[np.float32] | None = None

    async def nearness(self, question: Vector) -> float:
        """The cosine that a passage must stand out from, for the vector of a question."""
        async with self._lock:
            if self._vectors is None:
                self._vectors = np.asarray(await self._embedder.passages(USUAL), dtype=np.float32)
        return float(np.percentile(self._vectors @ np.asarray(question, dtype=np.float32), PART))
