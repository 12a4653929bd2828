"""JSON with exact numbers, both ways."""
from __future__ import annotations

import decimal
import json
from collections.abc import Mapping
from typing import Any


def _integer(text: str) -> int | decimal.Decimal:
    try:
        return int(text)
    except ValueError:  # longer than sys.get_int_max_str_digits()
        return decimal.Decimal(text)


def _fraction(text: str) -> decimal.Decimal | str:
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:  # an exponent beyond what Decimal can hold: its text is still exact
        return text


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=_constant)


def loads(text: str) -> Any:
    """A whole number is an int, any other a decimal.Decimal: no digit is lost."""
    return _decoder.decode(text)


def _plain(value: object) -> Any:
    """What json cannot write by itself: a Mapping that is no dict. A Decimal goes the long way (_Exact)."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, decimal.Decimal):
        raise _HasDecimal
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


class _HasDecimal(Exception):
    pass


_encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain)


def _exact(value: object) -> str:
    """As _encoder, for what has a Decimal in it."""
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            raise ValueError("a number of a document has to be finite")
        return str(value)
    if isinstance(value, Mapping):
        # The encoder's own rules for keys: it writes numbers and None as text, and refuses the rest.
        members = (_encoder.encode({key: 0})[1:-3] + ":" + _exact(member) for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_exact, value)) + "]"
    return _encoder.encode(value)


def dumps(value: object) -> bytes:
    """UTF-8. TypeError for what is not JSON, ValueError for NaN, the infinities and a value that holds itself."""
    try:
        return _encoder.encode(value).encode()
    except _HasDecimal:
        return _exact(value).encode()
