"""Rows of a report, read from the library in pages and kept."""
from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar, Union, overload

from ._cdata import CData
from ._handle import call
from ._native import ffi

Item = TypeVar("Item", covariant=True)
#: The texts of a view of drift.h (None where the pointer is NULL) and its numbers, each in the order of the struct.
Row = tuple[Any, Any]

PAGE: Final = 512

_CODES: Final = {"uint64_t": "Q", "int64_t": "q", "uint32_t": "I", "int32_t": "i"}


def _texts(view: str) -> list[str]:
    return [name for name, member in ffi.typeof(view).fields if member.type.kind == "struct"]


def _numbers(view: str) -> list[str]:
    return [name for name, member in ffi.typeof(view).fields if member.type.kind != "struct" and not name.startswith("reserved")]


def _format(view: str, wanted: Sequence[str]) -> struct.Struct:
    """Unpacks members of a view; of a text its pointer."""
    codes, at = ["="], 0
    for name, member in ffi.typeof(view).fields:
        if name in wanted:
            code = "Q" if member.type.kind == "struct" else _CODES[member.type.cname]
            codes.append(f"{member.offset - at}x{code}")
            at = member.offset + struct.calcsize(code)
    return struct.Struct("".join([*codes, f"{ffi.sizeof(view) - at}x"]))


_SIDES: Final = ("recorded", "actual", "desired", "baseline")
_FINDING_NUMBERS: Final = _format("drift_finding_view", _numbers("drift_finding_view"))
_CHANGE_NUMBERS: Final = _format("drift_change_view", _numbers("drift_change_view"))
_CHANGE_SIDES: Final = _format("drift_change_view", _SIDES)  # which can be NULL; no other text can


def _string(text: CData) -> str | None:
    return str(ffi.buffer(text.p, text.n), "utf-8") if text.p else None


def _slow_rows(view: str, views: CData, got: int) -> list[Row]:
    texts, numbers = _texts(view), _numbers(view)
    rows = [views[i] for i in range(got)]
    return [(tuple(_string(getattr(v, name)) for name in texts), tuple(getattr(v, name) for name in numbers)) for v in rows]


def _cut(first: CData, last: CData, count: int) -> list[str] | None:
    """The texts of a page, which lie one behind the other with a zero byte after each. None when some have zero bytes inside."""
    size = int(ffi.cast("uintptr_t", last.p)) + last.n - int(ffi.cast("uintptr_t", first.p))
    texts = str(ffi.buffer(first.p, size), "utf-8").split("\0")
    return texts if len(texts) == count else None


def _finding_rows(views: CData, got: int) -> list[Row] | None:
    texts = _cut(views[0].address, views[got - 1].risk_rule, 5 * got)
    if texts is None:
        return None
    each = [iter(texts)] * 5
    return list(zip(zip(*each), _FINDING_NUMBERS.iter_unpack(ffi.buffer(views, got * _FINDING_NUMBERS.size))))


def _change_rows(views: CData, got: int) -> list[Row] | None:
    rows = ffi.buffer(views, got * _CHANGE_SIDES.size)
    sides = list(_CHANGE_SIDES.iter_unpack(rows))
    nulls = sum(pointers.count(0) for pointers in sides)
    texts = _cut(views[0].path, views[got - 1].reason, 9 * got - nulls)
    if texts is None:
        return None
    text = iter(texts).__next__
    return [
        (
            (
                text(),
                text(),
                text() if recorded else None,
                text() if actual else None,
                text() if desired else None,
                text() if baseline else None,
                text(),
                text(),
                text(),
            ),
            numbers,
        )
        for (recorded, actual, desired, baseline), numbers in zip(sides, _CHANGE_NUMBERS.iter_unpack(rows))
    ]


_FAST: Final[dict[str, Callable[[CData, int], list[Row] | None]]] = {
    "drift_finding_view": _finding_rows,
    "drift_change_view": _change_rows,
}


def read_page(view: str, function: Callable[..., int], arguments: tuple[Any, ...], first: int) -> list[Row]:
    """Up to PAGE rows. `arguments` are those of `function` before `first`."""
    views, got = ffi.new(view + "[]", PAGE), ffi.new("size_t *")
    call(function, *arguments, first, views, ffi.sizeof(view), PAGE, got)
    fast = _FAST.get(view)
    rows = fast(views, got[0]) if fast and got[0] else None
    return _slow_rows(view, views, got[0]) if rows is None else rows


class Table(Sequence[Item]):
    """Rows made into objects, a page at a time, when they are first looked at."""

    __slots__ = ("_count", "_load", "_pages")

    def __init__(self, count: int, load: Callable[[int], list[Item]]) -> None:
        self._count = count
        self._load = load
        self._pages: dict[int, list[Item]] = {}

    def __len__(self) -> int:
        return self._count

    def _page(self, number: int) -> list[Item]:
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = self._load(number * PAGE)
        return page

    def span(self, first: int, count: int) -> tuple[Item, ...]:
        if not count:
            return ()
        at = first % PAGE
        page = self._pages.get(first // PAGE) or self._page(first // PAGE)
        if at + count <= PAGE:
            return tuple(page[at : at + count])
        return tuple(self[i] for i in range(first, first + count))

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, index: int | slice) -> Union[Item, tuple[Item, ...]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(self._count)))
        at = index + self._count if index < 0 else index
        if not 0 <= at < self._count:
            raise IndexError("no such row")
        return self._page(at // PAGE)[at % PAGE]

    def __iter__(self) -> Iterator[Item]:
        for number in range((self._count + PAGE - 1) // PAGE):
            yield from self._page(number)
