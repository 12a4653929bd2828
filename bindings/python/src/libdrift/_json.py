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


def _exact(value: object, inside: tuple[int, ...] = ()) -> str:
    """As _encoder, for what has a Decimal in it. `inside` is what it is in, by id."""
    if id(value) in inside:
        raise ValueError("Circular reference detected")
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            raise ValueError("a number of a document has to be finite")
        return str(value)
    if isinstance(value, Mapping):
        # The encoder's own rules for keys: it writes numbers and None as text, and refuses the rest.
        inside += (id(value),)
        members = (_encoder.encode({key: 0})[1:-3] + ":" + _exact(member, inside) for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        inside += (id(value),)
        return "[" + ",".join(_exact(member, inside) for member in value) + "]"
    return _encoder.encode(value)


def dumps(value: object) -> bytes:
    """UTF-8. TypeError for what is not JSON, ValueError for NaN, the infinities and a value that holds itself or is too deep."""
    try:
        try:
            return _encoder.encode(value).encode()
        except _HasDecimal:
            return _exact(value).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
