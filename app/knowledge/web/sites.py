"""Which web sites may be read: those that the operator listed in KNOWLEDGE_SITES, and nothing else.

An entry is a host (`docs.example.com`, public addresses over TLS only) or an address (`http://wiki.internal:8080`),
which names that host and port and so may also be a private one.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.errors import NotAllowed
from app.http.egress import DEFAULT_PORTS, EgressPolicy
from app.http.outbound import ServicePolicy
from app.http.retry import RetryPolicy

MOST_BYTES = 20 * 1024 * 1024  # of one page or file


@dataclass(frozen=True)
class Sites:
    """The listed sites. `listed` are the entries as they were written."""

    listed: tuple[str, ...]

    @classmethod
    def parse(cls, setting: str) -> Sites:
        """From the setting: entries separated by commas."""
        return cls(tuple(entry.strip().rstrip("/") for entry in setting.split(",") if entry.strip()))

    def policy_for(self, address: str) -> ServicePolicy:
        """What holds for reading the address's host. Raises NotAllowed when it is not listed."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        for entry in self.listed:
            written = urlsplit(entry if "://" in entry else f"https://{entry}")
            port = written.port or DEFAULT_PORTS.get(written.scheme, 443)
            same_port = (parts.port or DEFAULT_PORTS.get(parts.scheme, 0)) == port
            if host and written.hostname == host and written.scheme == parts.scheme and same_port:
                named = frozenset({f"{host}:{port}"}) if "://" in entry else frozenset[str]()
                return ServicePolicy(
                    key="web",
                    label=host,
                    egress=EgressPolicy(frozenset({host}), named),
                    retry=RetryPolicy(attempts=3),
                    connections=2,
                    max_bytes=MOST_BYTES,
                )
        raise NotAllowed(
            f"{host or address} is not among the sites I may read.",
            next_step="An administrator can add it to KNOWLEDGE_SITES.",
            code="site_not_allowed",
        )
