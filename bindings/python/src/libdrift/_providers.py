"""Providers of the host: plain classes that read live resources. What they give is checked here, and written as the library's JSON."""
from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, Protocol, Union, final

from . import _json
from ._errors import RETRYABLE, ReadError
from ._paths import from_pointer, names_something

_log = logging.getLogger("libdrift")


@dataclass(frozen=True)
class Resource:
    """A resource: what is known of one that is to be read (secrets are "(sensitive)"), or one that list() found."""

    address: str
    type: str
    id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    #: the provider as the document names it
    provider: str = ""
    #: what the program gave, where the document has that apart from the attributes (Pulumi)
    inputs: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    #: what Terraform's resource identity says
    identity: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    #: as Found has it
    sensitive: str | Sequence[str] = field(default=(), repr=False, hash=False)


_KNOWN: Final = frozenset(member.name for member in fields(Resource))


@dataclass(frozen=True)
class Found:
    """A resource exists, with these attributes.

    `sensitive` are the paths of those that are secrets: "password", "tags.token", "users[*].key", or JSON Pointers; a text is one path. One
    at which there is nothing is a warning in the log: it may be misspelt, and the secret then be shown.
    """

    attributes: Mapping[str, Any] = field(repr=False, hash=False)
    id: str | None = None
    type: str | None = None
    sensitive: str | Sequence[str] = field(default=(), repr=False, hash=False)


@final
class Absent:
    """The class of ABSENT."""

    def __repr__(self) -> str:
        return "libdrift.ABSENT"


#: The resource does not exist. Only who has looked may say so: what could not be read is a ReadError.
ABSENT: Final = Absent()

#: What a read of one resource gives. A mapping is Found(mapping).
Outcome = Union[Found, Mapping[str, Any], Absent, ReadError]


class Want:
    """The library wants something of the host, and waits for the answer to `ticket`, as long as it is `wanted`."""

    __slots__ = ("method", "ticket", "name", "body", "wanted")

    def __init__(self, method: str, ticket: int, name: str, body: str) -> None:
        self.method = method  # "source", or the method of a provider that is meant
        self.ticket = ticket
        self.name = name
        self.body = body
        self.wanted = True


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def types(self) -> Sequence[str]: ...


class BatchProvider(_Named, Protocol):
    """Reads several resources in one call, and gives one outcome for each, in their order. read() may be `async`.

    Besides `name` and `types` (globs of resource types) a provider may have: `max_batch` (64; 1 for read_one), `max_concurrency` (reads at
    once: 8 when the reader is async, else 1), `schemas`, `list(types)`, `configure(config)`.

    Methods that are not async are called in a thread of the provider's own, with `max_concurrency` in so many: never in the one that scans,
    which can therefore be interrupted and run out of time whatever they do. No call begins after the scan has ended.
    """

    def read(self, resources: list[Resource], /) -> Iterable[Outcome] | Awaitable[Iterable[Outcome]]:
        """What there is of each."""


class SingleProvider(_Named, Protocol):
    """Reads one resource in each call; else as BatchProvider."""

    def read_one(self, resource: Resource, /) -> Outcome | Awaitable[Outcome]:
        """What there is of it."""


Provider = Union[BatchProvider, SingleProvider]


def _attribute(provider: object, name: str, kind: type, default: Any = None) -> Any:
    value = getattr(provider, name, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        if value is None:
            raise TypeError(f"a provider must have {name!r}, and {type(provider).__name__} has none")
        raise TypeError(f"{name!r} of provider {type(provider).__name__} must be {kind.__name__}, not {type(value).__name__}")
    return value


def _globs(provider: object) -> list[str]:
    types = getattr(provider, "types", None)
    globs = [types] if isinstance(types, str) else list(_attribute(provider, "types", Iterable))
    if not all(isinstance(glob, str) for glob in globs):
        raise TypeError(f"'types' of provider {type(provider).__name__} must be globs of resource types")
    return globs


class HostProvider:
    """A provider of the host, checked, with what the library has to know of it."""

    def __init__(self, provider: Provider) -> None:
        reader: Any = getattr(provider, "read_one", None) or getattr(provider, "read", None)
        if not callable(reader) or isinstance(provider, type):
            what = f"the class {provider.__name__}" if isinstance(provider, type) else type(provider).__name__
            raise TypeError(f"a provider must be an object with a read() or read_one() method, and {what} is none")
        self._provider: Any = provider
        self._one = callable(getattr(provider, "read_one", None))
        self.name: str = _attribute(provider, "name", str)
        self._types = _globs(provider)
        self._reader = reader
        methods = {"read": reader, "list": getattr(provider, "list", None), "configure": getattr(provider, "configure", None)}
        self.async_methods = frozenset(name for name, method in methods.items() if inspect.iscoroutinefunction(method))
        reads_async = "read" in self.async_methods
        self.concurrency: int = _attribute(provider, "max_concurrency", int, 8 if reads_async else 1)
        #: how many threads may be in methods that are not async
        self.threads = 1 if reads_async else self.concurrency
        self._batch: int = _attribute(provider, "max_batch", int, 1 if self._one else 64)

    def configuration(self) -> dict[str, Any]:
        """Its entry in the configuration of an engine."""
        entry: dict[str, Any] = {
            "name": self.name,
            "types": self._types,
            "max_batch": self._batch,
            "max_concurrency": self.concurrency,
            "can_list": callable(getattr(self._provider, "list", None)),
        }
        schemas = getattr(self._provider, "schemas", None)
        if schemas:
            entry["schemas"] = schemas
        return entry

    def work(self, want: Want, may_wait: bool) -> bytes | Awaitable[bytes]:
        """Calls a method of the provider: the answer to the event or, where that will do, an awaitable of it."""
        asked: Any = _json.loads(want.body) if want.body else None
        if want.method == "read":
            return self._read(want, [_resource(member) for member in asked["resources"]], may_wait)
        if want.method == "list":
            found = self._provider.list(asked["types"])
            return self._listed_later(found) if is_awaitable(found, may_wait, self.name) else self._listed(found)
        configure = getattr(self._provider, "configure", None)
        done: Any = configure(asked) if callable(configure) else None
        return _nothing_later(done) if is_awaitable(done, may_wait, self.name) else b""

    def _read(self, want: Want, resources: list[Resource], may_wait: bool) -> bytes | Awaitable[bytes]:
        if not self._one:
            outcomes = _caught(self._reader, resources)
            later = is_awaitable(outcomes, may_wait, self.name)
            return self._later(outcomes, resources) if later else self._answer(resources, outcomes)
        singles: list[Any] = []
        for resource in resources:
            if not want.wanted:
                return b""
            singles.append(_caught(self._reader, resource))
            if is_awaitable(singles[-1], may_wait, self.name):
                return self._singles_later(singles, resources)
        return self._answer(resources, singles)

    async def _later(self, outcomes: Awaitable[Any], resources: list[Resource]) -> bytes:
        return self._answer(resources, await _awaited(outcomes))

    async def _singles_later(self, begun: list[Any], resources: list[Resource]) -> bytes:
        outcomes = [await _awaited(outcome) for outcome in begun]
        for resource in resources[len(begun) :]:
            outcomes.append(await _awaited(_caught(self._reader, resource)))
        return self._answer(resources, outcomes)

    async def _listed_later(self, found: Awaitable[Any]) -> bytes:
        return self._listed(await found)

    def _answer(self, resources: Sequence[Resource], outcomes: Any) -> bytes:
        if isinstance(outcomes, ReadError):  # of the whole batch
            outcomes = [outcomes] * len(resources)
        given = [] if outcomes is None else _caught(list, outcomes)  # a generator may raise as well
        if isinstance(given, ReadError):
            given = [given] * len(resources)
        if outcomes is None or len(given) != len(resources):
            got = "None" if outcomes is None else f"{len(given)} outcomes"
            raise TypeError(f"provider {self.name!r} must give one outcome for each of {len(resources)} resources, not {got}")
        return _dump({"results": [self._result(*pair) for pair in zip(resources, given)]}, self.name)

    def _result(self, resource: Resource, outcome: object) -> dict[str, Any]:
        if isinstance(outcome, Mapping):
            outcome = Found(outcome)
        if isinstance(outcome, Found):
            return {"found": _members(outcome, f"what provider {self.name!r} gave for {resource.address!r}")}
        if isinstance(outcome, Absent):
            return {"absent": True}
        if isinstance(outcome, ReadError):
            return error_members(outcome)
        raise TypeError(
            f"provider {self.name!r} gave {type(outcome).__name__} for {resource.address!r}: an outcome is Found(...), a dict of "
            "attributes, ABSENT or a ReadError"
        )

    def _listed(self, found: Any) -> bytes:
        members = []
        for resource in found:
            if not isinstance(resource, Resource):
                raise TypeError(f"list() of {self.name!r} must give libdrift.Resource objects, not {type(resource).__name__}")
            if not isinstance(resource.address, str):
                raise TypeError(f"list() of {self.name!r} gave a resource whose address is {_kind(resource.address)}, not a text")
            whose = f"{resource.address!r} from list() of {self.name!r}"
            members.append({"address": resource.address, **_members(resource, whose)})
        return _dump({"resources": members}, self.name)


def _resource(member: dict[str, Any]) -> Resource:
    return Resource(**{name: value for name, value in member.items() if name in _KNOWN and value is not None})


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _members(resource: Found | Resource, whose: str) -> dict[str, Any]:
    """What the library is told of a resource. A TypeError names `whose` it is, and never a value."""
    if not isinstance(resource.attributes, Mapping):
        raise TypeError(f"the attributes of {whose} must be a mapping, not {_kind(resource.attributes)}")
    members: dict[str, Any] = {"attributes": resource.attributes}
    for name in ("id", "type"):
        text = getattr(resource, name)
        if text is not None and not isinstance(text, str):
            raise TypeError(f"the {name} of {whose} must be a text, not {_kind(text)}")
        if text:
            members[name] = text
    sensitive = list(_sensitive(resource, whose))
    if sensitive:
        members["sensitive"] = sensitive
    return members


def _sensitive(resource: Found | Resource, whose: str) -> Iterable[str]:
    """The paths of what is secret, in the library's words."""
    paths: Any = (resource.sensitive,) if isinstance(resource.sensitive, str) else resource.sensitive
    if isinstance(paths, (bytes, bytearray)) or not isinstance(paths, Iterable):
        raise TypeError(f"the paths in `sensitive` of {whose} must be a list of texts, not {_kind(paths)}")
    for path in paths:
        if not isinstance(path, str):
            raise TypeError(f"a path in `sensitive` of {whose} must be a text, not {_kind(path)}")
        pointed = from_pointer(path, resource.attributes) if path.startswith("/") else None
        if pointed is not None:
            yield pointed
        elif not names_something(path, resource.attributes):
            _log.warning("%s: there is nothing at the path %r, which it calls sensitive", whose, path)
        yield path  # a key can begin with "/" too


def error_members(error: ReadError) -> dict[str, Any]:
    known = error.name if error.name != "E_UNKNOWN" else "E_READ_FAILED"
    members: dict[str, Any] = {"code": known, "message": error.message}
    if error.retryable != (error.code in RETRYABLE):
        members["retryable"] = error.retryable
    if error.next_step:
        members["next"] = error.next_step
    return {"error": members}


def error_answer(error: ReadError) -> bytes:
    """As the answer to anything that was wanted."""
    return _json.dumps(error_members(error))


def _dump(answer: dict[str, Any], provider: str) -> bytes:
    try:
        return _json.dumps(answer)
    except TypeError as error:
        raise TypeError(f"provider {provider!r} gave attributes that are not JSON: {error}") from None
    except ValueError as error:
        raise ValueError(f"provider {provider!r} gave attributes that are not JSON: {error}") from None


def _caught(reader: Any, asked: Resource | list[Resource]) -> Any:
    try:
        return reader(asked)
    except ReadError as error:
        return error


async def _awaited(outcome: Any) -> Any:
    try:
        return await outcome if inspect.isawaitable(outcome) else outcome
    except ReadError as error:
        return error


def is_awaitable(given: object, may_wait: bool, whose: str) -> bool:
    """TypeError for an awaitable where nobody can wait for it."""
    if not inspect.isawaitable(given):
        return False
    if may_wait:
        return True
    if inspect.iscoroutine(given):
        given.close()
    raise TypeError(f"{whose!r} has async methods that are not declared so: call `await libdrift.ascan(...)`")


async def _nothing_later(done: Awaitable[Any]) -> bytes:
    await done
    return b""
