"""Questions as housing staff ask them, over the demo handbook: what `sophia eval` runs when nothing else is set up.

The format is that of docs/evaluation.md. A question may be unanswerable because the handbook is silent, or because the
page that answers is not for the one who asks.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
HELD_OUT = FOLDER / "held_out"
"""Questions that nothing was chosen by: for reporting alone."""
