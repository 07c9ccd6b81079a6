"""How the stand-in says no: REST answers `{"error": [{"message": …}]}`, gRPC a status with the same sentence."""

from __future__ import annotations


class Refused(Exception):
    """A request that is answered with an error. `status` is HTTP's; gRPC says UNKNOWN, as Weaviate does."""

    def __init__(self, message: str, *, status: int = 422) -> None:
        super().__init__(message)
        self.message, self.status = message, status
