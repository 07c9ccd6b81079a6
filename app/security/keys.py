"""Keys for one purpose each, derived from SECRET_KEY, and signatures made with them.

Not for: keeping integrations' secrets (app/security/secrets.py). Rotation: the old SECRET_KEY moves to the list of
previous ones; new signatures use the new key, old ones can still be checked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 16  # bytes


@dataclass(frozen=True)
class KeyRing:
    """SECRET_KEY and the ones it replaced, newest first. Raises ValueError when a key is too short to be secret."""

    secret: bytes = field(repr=False)
    previous: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if any(len(secret) < SHORTEST_SECRET for secret in (self.secret, *self.previous)):
            raise ValueError(f"SECRET_KEY must have at least {SHORTEST_SECRET} bytes")

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """One 32-byte key for each secret, the current one first; keys of two purposes have nothing in common."""
        return tuple(_derive(secret, purpose) for secret in (self.secret, *self.previous))

    def signer(self, purpose: str) -> Signer:
        return Signer(self.derived(purpose))


@dataclass(frozen=True)
class Signer:
    """HMAC-SHA256 as 64 hex characters. Signs with the first key, accepts any of them."""

    keys: Sequence[bytes] = field(repr=False)

    def sign(self, text: str) -> str:
        return _mac(self.keys[0], text)

    def accepts(self, text: str, signature: str) -> bool:
        """True when one of the keys made this signature; takes the same time whichever byte differs."""
        return any(hmac.compare_digest(_mac(key, text), signature) for key in self.keys)


def key_id(key: bytes) -> str:
    """A short public name of a key, which says nothing about it."""
    return hashlib.sha256(b"sophia key id" + key).hexdigest()[:12]


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _derive(secret: bytes, purpose: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=b"sophia", info=purpose.encode())
    return derivation.derive(secret)
