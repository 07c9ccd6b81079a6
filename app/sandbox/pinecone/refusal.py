"""How the data plane says no: gRPC's status as JSON."""

from __future__ import annotations

INVALID, MISSING = 3, 5  # gRPC's codes


class Refused(Exception):
    """A request that is answered with an error. `code` is gRPC's, `status` HTTP's."""

    def __init__(self, message: str, *, code: int = INVALID, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status
