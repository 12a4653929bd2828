"""MISSING: what a side has that is not there."""
from __future__ import annotations

from typing import Any, Final, final

from . import _json


@final
class Missing:
    """The class of MISSING."""

    _only: Missing | None = None

    def __new__(cls) -> Missing:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "libdrift.MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


#: The value of a side that took no part, or has nothing at the path. None is JSON's null.
MISSING: Final = Missing()


def parse(text: str | None) -> Any:
    return MISSING if text is None else _json.loads(text)
