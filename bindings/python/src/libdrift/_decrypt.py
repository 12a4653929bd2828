"""Secrets of a Pulumi stack that only the host can decrypt."""
from __future__ import annotations

import base64
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from . import _json
from ._providers import Want, is_awaitable


@dataclass(frozen=True)
class DecryptRequest:
    """What is to be decrypted.

    With `data_key` there is one ciphertext, `encryptedkey` of the state (base64): its plaintext, as the cloud's key service gives it, is
    the key of 32 bytes that everything else is encrypted with. Without it each ciphertext is a secret as the document has it, and its
    plaintext the JSON text of the value.
    """

    #: the type in `secrets_providers`: "cloud", "service", ...
    provider: str
    #: its state in the document: url, encryptedkey, ...
    state: Mapping[str, Any]
    data_key: bool
    ciphertexts: tuple[str, ...]

    def __repr__(self) -> str:
        return f"DecryptRequest(provider={self.provider!r}, data_key={self.data_key}, {len(self.ciphertexts)} ciphertexts)"


#: One plaintext, or one for each ciphertext in order.
Plaintexts = Union[bytes, bytearray, memoryview, str, Iterable[Union[bytes, bytearray, memoryview, str]]]
#: May be `async`. A ReadError that it raises leaves the secrets encrypted, which the report notes; anything else ends the scan.
Decrypter = Callable[[DecryptRequest], Union[Plaintexts, Awaitable[Plaintexts]]]


class Decrypt:
    """A decrypter, checked; what a run calls it through."""

    def __init__(self, decrypter: Decrypter) -> None:
        if not callable(decrypter):
            raise TypeError(f"decrypt must be callable, and {type(decrypter).__name__} is not")
        self._decrypter = decrypter
        coroutine = inspect.iscoroutinefunction(decrypter) or inspect.iscoroutinefunction(getattr(decrypter, "__call__", None))
        self.async_methods = frozenset(("decrypt",)) if coroutine else frozenset()
        self.threads = 1

    def work(self, want: Want, may_wait: bool) -> bytes | Awaitable[bytes]:
        asked = _json.loads(want.body)
        request = DecryptRequest(asked["provider"], asked["state"] or {}, asked["data_key"], tuple(asked["ciphertexts"]))
        given: Any = self._decrypter(request)
        return _later(given) if is_awaitable(given, may_wait, "decrypt") else _answer(given)


def _answer(given: Any) -> bytes:
    several = [given] if isinstance(given, (bytes, bytearray, memoryview, str)) else given
    if isinstance(several, Mapping) or not isinstance(several, Iterable):
        raise TypeError(f"decrypt must give one plaintext (bytes or text) for each ciphertext, not {type(given).__name__}")
    return _json.dumps({"plaintexts": [_encoded(each) for each in several]})


def _encoded(plaintext: object) -> str:
    if isinstance(plaintext, str):
        plaintext = plaintext.encode()
    if not isinstance(plaintext, (bytes, bytearray, memoryview)):
        raise TypeError(f"a plaintext of decrypt must be bytes or a text, not {type(plaintext).__name__}")
    return base64.b64encode(plaintext).decode()


async def _later(given: Awaitable[Any]) -> bytes:
    return _answer(await given)
