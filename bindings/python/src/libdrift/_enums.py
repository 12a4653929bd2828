"""The numbers of drift.h that name something. A number that this version does not know is UNKNOWN, never an error."""
from __future__ import annotations

import enum


class _Named(enum.IntEnum):
    """Compares as a number, and prints as the word that reports use: "changed"."""

    @classmethod
    def _missing_(cls, value: object) -> _Named | None:
        return cls(0) if isinstance(value, int) and value != 0 else None

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Verdict(_Named):
    """What is the matter with a resource."""

    UNKNOWN = 0
    IN_SYNC = 1
    CHANGED = 2
    DELETED = 3
    UNMANAGED = 4
    UNREADABLE = 5
    UNSUPPORTED = 6
    STALE = 7
    SUPPRESSED = 8


class RiskLevel(_Named):
    """How bad a finding is; a higher one is worse."""

    UNKNOWN = 0
    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


class RiskClass(_Named):
    """What a change touches: looks, behaviour, or who may do what."""

    UNKNOWN = 0
    COSMETIC = 1
    BEHAVIOURAL = 2
    SECURITY = 3


class RiskDirection(_Named):
    """Whether a change lets in more than before (WIDEN), less (NARROW), or neither."""

    UNKNOWN = 0
    NEUTRAL = 1
    NARROW = 2
    WIDEN = 3


class ChangeKind(_Named):
    """What became of a value, seen from what was expected."""

    UNKNOWN = 0
    ADDED = 1
    REMOVED = 2
    MODIFIED = 3


class Relation(_Named):
    """Who moved: DRIFT (what exists), PENDING (what is desired), CONVERGED (both, to the same value), CONFLICT (both, apart)."""

    UNKNOWN = 0
    DRIFT = 1
    PENDING = 2
    CONVERGED = 3
    CONFLICT = 4


class DriftClass(_Named):
    """What kind of difference it is: in what the program sets (CONFIG_OWNED), in what only the provider does (COMPUTED_ONLY), between
    null and empty (NULL_OR_EMPTY), IGNORED by a rule, or none in the value, which the provider calls sensitive and what was recorded
    does not (SENSITIVITY_ONLY). UNKNOWN where no schema says it."""

    UNKNOWN = 0
    CONFIG_OWNED = 1
    COMPUTED_ONLY = 2
    NULL_OR_EMPTY = 3
    IGNORED = 4
    SENSITIVITY_ONLY = 5


class Section(_Named):
    """The part of a resource that a path is in. INPUTS is Pulumi's; RESOURCE is the resource itself."""

    UNKNOWN = 0
    ATTRIBUTES = 1
    INPUTS = 2
    RESOURCE = 3


class Mode(_Named):
    """What an ignore rule does with what it caught. NONE: no rule had a say."""

    UNKNOWN = -1
    NONE = 0
    HIDE = 1
    MUTE = 2
    ACCEPT = 3
    WATCH_ONLY = 4
    NEVER_PUSH = 5

    @classmethod
    def _missing_(cls, value: object) -> Mode | None:
        return cls.UNKNOWN if isinstance(value, int) else None


class Basis(enum.IntFlag):
    """The sides that took part in a comparison."""

    BASELINE = 1
    DESIRED = 2
    RECORDED = 4
    ACTUAL = 8

    def __str__(self) -> str:
        known = [member.name.lower() for member in Basis if member.name and member & self]
        other = self & ~15
        return "|".join([*known, *([str(int(other))] if other else [])]) or "none"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class ErrorCode(_Named):
    """Every DRIFT_E_*. A code that is not known here stays a plain int; the class of its exception is that of its family."""

    def __str__(self) -> str:
        return f"E_{self.name}"

    @classmethod
    def of(cls, code: int | str) -> int:
        """The member for a number or a name ("E_READ_AUTH"). An unknown number is given back; an unknown name is a ValueError."""
        if isinstance(code, str):
            try:
                return cls[code.removeprefix("E_")]
            except KeyError:
                raise ValueError(f"no error code is called {code!r}") from None
        known = cls(code)
        return code if known is cls.UNKNOWN else known

    UNKNOWN = 0
    INVALID_ARGUMENT = -101
    CONFIG_INVALID = -110
    CONFIG_UNKNOWN_KEY = -111
    INVALID_RULE = -120
    AMBIGUOUS_RULE = -121
    HANDLE = -130
    CLOSED = -131
    BUSY = -132
    OPTION_UNSUPPORTED = -133
    FORKED = -134
    PARSE = -201
    DUPLICATE_KEY = -202
    BAD_UTF8 = -203
    LONE_SURROGATE = -204
    TRAILING_BYTES = -205
    TRUNCATED = -206
    DEPTH_LIMIT = -210
    NODE_LIMIT = -211
    BYTE_LIMIT = -212
    UNKNOWN_FORMAT = -220
    UNSUPPORTED_VERSION = -221
    UNSUPPORTED_FEATURE = -222
    ENCRYPTED_STATE = -223
    BAD_STRUCTURE = -224
    DUPLICATE_ADDRESS = -225
    NOT_FOUND = -301
    PERMISSION = -302
    IO = -303
    CHANGED_WHILE_READING = -304
    READ_FAILED = -401
    READ_AUTH = -402
    READ_THROTTLED = -403
    READ_TIMEOUT = -404
    READ_UNSUPPORTED = -405
    MASS_DELETION = -406
    REPLAY_MISS = -407
    CANCELLED = -501
    DEADLINE = -502
    INTERNAL = -901
    OUT_OF_MEMORY = -902
