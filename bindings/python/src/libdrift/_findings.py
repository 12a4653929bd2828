"""What a report is made of. All of it is read-only; values are parsed when they are asked for, anew each time."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Optional, Protocol, TypeVar

from ._enums import Basis, ChangeKind, DriftClass, ErrorCode, Mode, Relation, RiskClass, RiskDirection, RiskLevel, Section, Verdict
from ._native import lib
from ._values import parse

_N = TypeVar("_N", bound=int)

# Rows of the views of drift.h: their texts and their numbers, member by member.
_Side = Optional[str]
_ChangeTexts = tuple[str, str, _Side, _Side, _Side, _Side, str, str, str]
_ChangeNumbers = tuple[int, int, int, int, int, int, int]
_FindingTexts = tuple[str, str, str, str, str]
_FindingNumbers = tuple[int, int, int, int, int, int, int, int]
_SuppressedTexts = tuple[str, str, str, str]
_SuppressedNumbers = tuple[int, int, int, int]


class _Members(dict[int, _N]):
    """The members of an enum by number. Calling an enum takes several times as long as this."""

    def __init__(self, make: Callable[[int], _N]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> _N:
        member = self[number] = self._make(number)
        return member


_VERDICTS: Final = _Members(Verdict)
_KINDS: Final = _Members(ChangeKind)
_RELATIONS: Final = _Members(Relation)
_CLASSES: Final = _Members(DriftClass)
_SECTIONS: Final = _Members(Section)
_MODES: Final = _Members(Mode)
_BASES: Final = _Members(Basis)
_SIDES: Final = ("recorded", "actual", "desired", "baseline")
_SENSITIVE: Final = lib.DRIFT_FLAG_SENSITIVE
_FORCES: Final = lib.DRIFT_FLAG_FORCES_REPLACEMENT


@dataclass(frozen=True)
class Risk:
    """How bad a finding is, and why."""

    level: RiskLevel
    class_: RiskClass
    direction: RiskDirection
    why: str
    #: the id of the risk rule
    rule: str


class _Record:
    """A row of the library with properties over it: a frozen dataclass takes five times as long to make."""

    __slots__ = ()

    def _key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, _Record):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class Change(_Record):
    """One path of a resource that differs. A side that is not there, or has nothing at the path, is MISSING; a secret is "(sensitive)"."""

    __slots__ = ("_texts", "_numbers")

    def __init__(self, texts: _ChangeTexts, numbers: _ChangeNumbers) -> None:
        self._texts = texts
        self._numbers = numbers

    @property
    def path(self) -> str:
        """The canonical path; "" is the resource itself."""
        return self._texts[0]

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return self._texts[1]

    @property
    def recorded(self) -> Any:
        """What the state or the first document has."""
        return parse(self._texts[2])

    @property
    def actual(self) -> Any:
        """What is there."""
        return parse(self._texts[3])

    @property
    def desired(self) -> Any:
        """What the plan has."""
        return parse(self._texts[4])

    @property
    def baseline(self) -> Any:
        """What was accepted before."""
        return parse(self._texts[5])

    @property
    def why(self) -> str:
        """Why it counts as a change, in words."""
        return self._texts[6]

    @property
    def rule(self) -> str:
        """The comparator or ignore rule that applied; can be empty."""
        return self._texts[7]

    @property
    def reason(self) -> str:
        """The ignore rule's own words; can be empty."""
        return self._texts[8]

    @property
    def section(self) -> Section:
        """The part of the resource that the path is in."""
        return _SECTIONS[self._numbers[1]]

    @property
    def kind(self) -> ChangeKind:
        """Added, removed or modified."""
        return _KINDS[self._numbers[2]]

    @property
    def relation(self) -> Relation:
        """Who moved."""
        return _RELATIONS[self._numbers[3]]

    @property
    def mode(self) -> Mode:
        """Of the ignore rule."""
        return _MODES[self._numbers[4]]

    @property
    def drift_class(self) -> DriftClass:
        """What kind of difference it is."""
        return _CLASSES[self._numbers[6]]

    @property
    def sensitive(self) -> bool:
        """Something secret was taken out of the values."""
        return bool(self._numbers[5] & _SENSITIVE)

    @property
    def forces_replacement(self) -> bool:
        """The resource would be made anew to undo it."""
        return bool(self._numbers[5] & _FORCES)

    def json(self, side: str) -> str | None:
        """The value of a side ("recorded", "actual", "desired", "baseline") as JSON text; None where it is MISSING."""
        if side not in _SIDES:
            raise ValueError(f"a side is one of {', '.join(_SIDES)}, not {side!r}")
        return self._texts[2:6][_SIDES.index(side)]

    def _key(self) -> tuple[Any, ...]:
        return self._texts + self._numbers[1:]  # not whose it is

    def __reduce__(self) -> tuple[Any, ...]:
        return Change, (self._texts, self._numbers)

    def __repr__(self) -> str:
        return f"<Change {self.path!r} {self.kind} ({self.relation})>"


class Spans(Protocol):
    """Changes of which a finding has some."""

    def span(self, first: int, count: int) -> tuple[Change, ...]: ...


class Kept(tuple[Change, ...]):
    """The changes of a finding that has left its report."""

    __slots__ = ()

    def span(self, first: int, count: int) -> tuple[Change, ...]:
        return tuple(self[first : first + count])


class Finding(_Record):
    """A resource that drifted."""

    __slots__ = ("_texts", "_numbers", "_changes")

    def __init__(self, texts: _FindingTexts, numbers: _FindingNumbers, changes: Spans) -> None:
        self._texts = texts
        self._numbers = numbers
        self._changes = changes

    @property
    def address(self) -> str:
        """As the document writes it."""
        return self._texts[0]

    @property
    def type(self) -> str:
        """"local_file", "aws:s3/bucket:Bucket"."""
        return self._texts[1]

    @property
    def fingerprint(self) -> str:
        """The same for the same address and type in every scan."""
        return self._texts[2]

    @property
    def verdict(self) -> Verdict:
        """What is the matter."""
        return _VERDICTS[self._numbers[2]]

    @property
    def risk(self) -> Risk:
        """How bad it is."""
        level, class_, direction = self._numbers[3:6]
        return Risk(RiskLevel(level), RiskClass(class_), RiskDirection(direction), self._texts[3], self._texts[4])

    @property
    def basis(self) -> Basis:
        """The sides that took part."""
        return _BASES[self._numbers[6]]

    @property
    def drift_class(self) -> DriftClass:
        """Of its changes: CONFIG_OWNED where one is, else NULL_OR_EMPTY where one is, else COMPUTED_ONLY; UNKNOWN where one's is."""
        return _CLASSES[self._numbers[7]]

    @property
    def changes(self) -> tuple[Change, ...]:
        """By section and path."""
        return self._changes.span(self._numbers[0], self._numbers[1])

    def _key(self) -> tuple[Any, ...]:
        return self._texts + self._numbers[1:], self.changes

    def __reduce__(self) -> tuple[Any, ...]:
        return Finding, (self._texts, (0, *self._numbers[1:]), Kept(self.changes))

    def __repr__(self) -> str:
        return f"<Finding {self.address!r} {self.verdict}, {self.risk.level} risk, {_counted(self._numbers[1], 'change')}>"


class Suppressed(_Record):
    """What rules took out of a resource. `verdict` is what it would have been."""

    __slots__ = ("_texts", "_numbers", "_changes")

    def __init__(self, texts: _SuppressedTexts, numbers: _SuppressedNumbers, changes: Spans) -> None:
        self._texts = texts
        self._numbers = numbers
        self._changes = changes

    @property
    def address(self) -> str:
        """As the document writes it."""
        return self._texts[0]

    @property
    def type(self) -> str:
        """"local_file", "aws:s3/bucket:Bucket"."""
        return self._texts[1]

    @property
    def rule(self) -> str:
        """Of the existence, when that was taken out; else each change has its own."""
        return self._texts[2]

    @property
    def reason(self) -> str:
        """The rule's own words; can be empty."""
        return self._texts[3]

    @property
    def verdict(self) -> Verdict:
        """What is the matter."""
        return _VERDICTS[self._numbers[2]]

    @property
    def mode(self) -> Mode:
        """What the rule does."""
        return _MODES[self._numbers[3]]

    @property
    def changes(self) -> tuple[Change, ...]:
        """By section and path."""
        return self._changes.span(self._numbers[0], self._numbers[1])

    def _key(self) -> tuple[Any, ...]:
        return self._texts + self._numbers[1:], self.changes

    def __reduce__(self) -> tuple[Any, ...]:
        return Suppressed, (self._texts, (0, *self._numbers[1:]), Kept(self.changes))

    def __repr__(self) -> str:
        return f"<Suppressed {self.address!r} {self.verdict}>"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


@dataclass(frozen=True)
class Problem:
    """An error of a report: something that could not be judged."""

    #: empty: about the whole scan
    address: str
    type: str
    #: "E_READ_AUTH"
    name: str
    message: str
    #: what the person can do; can be empty
    next_step: str
    #: an ErrorCode, or a plain int where this version does not know it
    code: int
    #: UNREADABLE, UNSUPPORTED or STALE; UNKNOWN when it is about the whole scan
    verdict: Verdict
    retryable: bool


@dataclass(frozen=True)
class Note:
    """What a person should know about the documents and rules."""

    code: str
    #: can be empty
    address: str
    message: str


@dataclass(frozen=True)
class Summary:
    """Counts, as in docs/report.schema.json."""

    checked: int
    drifted: int
    changed: int
    deleted: int
    unmanaged: int
    unreadable: int
    unsupported: int
    suppressed: int
    pending: int
    skipped: int
    #: seconds
    elapsed: float


def problem(texts: tuple[str, str, str, str, str], numbers: tuple[int, int, int]) -> Problem:
    address, kind, name, message, next_step = texts
    code, verdict, flags = numbers
    return Problem(address, kind, name, message, next_step, ErrorCode.of(code), Verdict(verdict), bool(flags & lib.DRIFT_FLAG_RETRYABLE))
