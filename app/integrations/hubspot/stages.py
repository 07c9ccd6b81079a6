"""Deal stages: from the stages of an account's pipelines to the canonical ones, and back. A stage whose meaning is not
known is `unknown` and reported; an operator can say what it means (HUBSPOT_STAGES)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import Fixable
from app.integrations.hubspot.models import Pipeline, StageInfo
from app.integrations.records import UNKNOWN

CANONICAL: Final = ("prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost")
# The canonical names, and the stages every new account begins with.
_LABELS: Final[Mapping[str, str]] = {
    **{name.replace("_", " "): name for name in CANONICAL},
    "appointment scheduled": "prospecting",
    "qualified to buy": "qualified",
    "presentation scheduled": "proposal",
    "decision maker bought-in": "negotiation",
    "contract sent": "negotiation",
}


def stage_names(setting: str) -> dict[str, str]:
    """HUBSPOT_STAGES: `Legal review=negotiation, 1234=qualified`, by a stage's label or id. Raises Fixable."""
    given: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in setting.split(","))):
        theirs, equals, ours = part.rpartition("=")
        if not equals or not theirs.strip() or ours.strip().lower() not in CANONICAL:
            raise Fixable(
                f"HUBSPOT_STAGES can't be read at “{part[:60]}”.",
                next_step=f"Write Legal review=negotiation; stages are {', '.join(CANONICAL)}.",
                code="bad_settings",
            )
        given[_plain(theirs)] = ours.strip().lower()
    return given


@dataclass(frozen=True)
class Stages:
    """The pipelines of an account, and what the operator says about their stages."""

    pipelines: Sequence[Pipeline]
    given: Mapping[str, str]

    def canonical(self, pipeline_id: str, stage_id: str) -> tuple[str, str]:
        """The canonical stage, and the label of one that is not understood ("" when it is)."""
        for stage in self._of(pipeline_id):
            if stage.id == stage_id:
                meant = self._meaning(stage)
                return meant, "" if meant != UNKNOWN else f"{stage.label} ({stage.id})"
        return UNKNOWN, stage_id or "none"

    def knows(self, pipeline_id: str, stage_id: str) -> bool:
        """Whether the pipeline has such a stage."""
        return any(stage.id == stage_id for stage in self._of(pipeline_id))

    def theirs(self, pipeline_id: str, canonical: str) -> StageInfo:
        """The pipeline's stage of that meaning; of several the earliest, which claims least. Raises Fixable."""
        stages = self._of(pipeline_id)
        for stage in stages:
            if self._meaning(stage) == canonical:
                return stage
        label = next((one.label for one in self.pipelines if one.id == pipeline_id), pipeline_id)
        raise Fixable(
            f"HubSpot's pipeline “{label}” has no stage for {canonical.replace('_', ' ')}.",
            next_step=f"Its stages are {', '.join(one.label for one in stages) or 'not known to me'}; an administrator "
            "can say in HUBSPOT_STAGES what they mean.",
            code="hubspot_stage_missing",
        )

    def _of(self, pipeline_id: str) -> Sequence[StageInfo]:
        return next((one.stages for one in self.pipelines if one.id == pipeline_id), ())

    def _meaning(self, stage: StageInfo) -> str:
        told = self.given.get(_plain(stage.id)) or self.given.get(_plain(stage.label))
        if told:
            return told
        if stage.closed.lower() == "true":
            return {"1": "closed_won", "0": "closed_lost"}.get(stage.probability.removesuffix(".0"), UNKNOWN)
        meant = _LABELS.get(_plain(stage.label), UNKNOWN)
        return UNKNOWN if meant.startswith("closed") else meant


def _plain(label: str) -> str:
    return " ".join(label.lower().split())
