"""What callers give as options, in the library's terms."""
from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypedDict, Union, cast

from . import _json
from ._cdata import CData
from ._decrypt import Decrypter
from ._documents import Document, Sources
from ._errors import ConfigError, OptionTypeError
from ._handle import make
from ._native import ffi, lib
from ._providers import HostProvider, Provider

Path = Union[str, "os.PathLike[str]"]
#: None: what the configuration says. False: none at all.
Baseline = Union[Document, Literal[False], None]


class Options(TypedDict, total=False):
    """What Engine() takes beside `config` and `provider`; the calls of the module pass it on. What is given here wins over `config`."""

    targets: str | Sequence[str]
    """globs of addresses; one that matches nothing is an error"""
    exclude: str | Sequence[str]
    """globs of addresses that are left out"""
    parallel: int
    """reads at once (8)"""
    read_timeout: float
    """seconds that one read may take (60)"""
    attempts: int
    """how often a read that may succeed later is tried"""
    record: Path
    """a folder that gets every live read"""
    replay: Path
    """a folder that such a recording is read from, instead of live reads"""
    key_file: Path
    """the key of sealed secrets in baselines and recordings"""
    find_unmanaged: bool
    """asks providers that can list for resources that no document has"""
    file_provider: bool
    """False: without the built-in provider of local files"""
    stack: str
    """a Pulumi stack where it lives, as the state: stack, project/stack or organisation/project/stack"""
    decrypt: Decrypter
    """decrypts secrets of a Pulumi stack that cannot be decrypted here: those of a cloud's key service, for instance"""


def milliseconds(name: str, seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(seconds).__name__}")
    if seconds == math.inf:
        raise ValueError(f"{name} must be a number of seconds that ends; without a limit it is None")
    if not 0 < seconds < 2**53:
        raise ValueError(f"{name} must be more than 0 seconds, not {seconds}")
    return math.ceil(seconds * 1000)


def path_text(name: str, path: object, other: str = "") -> str:
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"{name} must be a path (str or PathLike){other}, not {type(path).__name__}")
    text = os.fsdecode(path)
    if not text or "\0" in text:
        raise ValueError(f"{name} must be a path, and is {'one with a zero byte' if text else 'empty'}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} must be a path of UTF-8: {text!r} is none") from None
    return text


def host_providers(provider: Provider | Iterable[Provider] | None) -> dict[str, HostProvider]:
    if provider is None:
        return {}
    # One that can read is a provider, though it may be iterable too.
    one = hasattr(provider, "read") or hasattr(provider, "read_one") or not isinstance(provider, Iterable)
    several: list[Any] = [provider] if one else list(cast("Iterable[Provider]", provider))
    checked = [HostProvider(each) for each in several]
    named = {each.name: each for each in checked}
    if len(named) != len(checked):
        raise ValueError("two providers have the same name")
    return named


def globs_list(name: str, globs: object) -> list[str]:
    """Globs of addresses; a text is one."""
    several = [globs] if isinstance(globs, str) else globs
    if isinstance(several, (bytes, bytearray, Mapping)) or not isinstance(several, Iterable):
        raise TypeError(f"{name} must be a text or a list of texts (globs of addresses), not {type(globs).__name__}")
    listed = list(several)
    for glob in listed:
        if not isinstance(glob, str):
            raise TypeError(f"{name} must be texts (globs of addresses), not {type(glob).__name__}")
        if "\0" in glob:
            raise ValueError(f"{name}: there is a zero byte in a glob")
    return listed


def _with_texts(value: Any) -> Any:
    """Settings in which a path may be a PathLike."""
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, Mapping):
        return {key: _with_texts(member) for key, member in value.items()}
    return list(map(_with_texts, value)) if isinstance(value, (list, tuple)) else value


#: The types of the options that the library judges. What has another one gets the library's words, as a TypeError.
_TYPES: Final[Mapping[str, type]] = {"parallel": int, "attempts": int}


def _config_member(config: Path | Mapping[str, Any] | None) -> dict[str, Any]:
    if config is None:
        return {}
    if isinstance(config, Mapping):
        try:
            return {"settings": _with_texts(config)}
        except RecursionError:
            raise ValueError("config holds itself, or is nested too deeply") from None
    if isinstance(config, (bytes, bytearray)):
        raise TypeError("config must be a path (str or PathLike) or a dict, not bytes: what a drift.yaml says is given as a dict")
    return {"project": path_text("config", config, " or a dict")}


def engine_config(
    providers: Mapping[str, HostProvider], config: Path | Mapping[str, Any] | None, read_timeout: float | None, **options: Any
) -> CData:
    """A new drift_engine."""
    members = _config_member(config)
    if providers:
        members["providers"] = [each.configuration() for each in providers.values()]
    if read_timeout is not None:
        members["read_timeout"] = f"{milliseconds('read_timeout', read_timeout)}ms"
    for name in ("targets", "exclude"):
        options[name] = None if options[name] is None else globs_list(name, options[name])
    for name in ("parallel", "attempts"):
        if isinstance(options[name], bool):
            raise TypeError(f"{name} must be a whole number, not bool")
    for name in ("record", "replay", "key_file"):
        options[name] = None if options[name] is None else path_text(name, options[name])
    if options["stack"] is not None and not isinstance(options["stack"], str):
        raise TypeError(f"stack must be a text, not {type(options['stack']).__name__}")
    for name, default in (("find_unmanaged", False), ("file_provider", True), ("decrypt", False)):
        if not isinstance(options[name], bool):
            raise TypeError(f"{name} must be True or False, not {type(options[name]).__name__}")
        options[name] = None if options[name] is default else not default
    members.update((name, option) for name, option in options.items() if option is not None)
    try:
        text = _json.dumps(members)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"the configuration, or `schemas` of a provider: {error}") from None
    try:
        return make("drift_engine", lib.drift_engine_new, text, len(text))
    except ConfigError as error:
        wrong = any(name in members and not isinstance(members[name], kind) for name, kind in _TYPES.items())
        raise _said(error, OptionTypeError if wrong else ConfigError) from None


def _said(error: ConfigError, kind: type[ConfigError]) -> ConfigError:
    """The error without its place in the text that engine_config() wrote, which the caller has never seen."""
    if error.subject != "configuration":
        return error
    return kind(f"{error.reason} [{error.name}]", code=error.code, name=error.name, next_step=error.next_step, reason=error.reason)


def scan_options(
    sources: Sources,
    state: Document | None,
    desired: Document | None,
    baseline: Baseline,
    actual: Document | None,
    timeout: float | None,
) -> CData:
    """New drift_scan_options. The native sources in it live as long as `sources`."""
    options = ffi.new("drift_scan_options *")
    lib.drift_scan_options_init(options, ffi.sizeof("drift_scan_options"))
    if baseline is False:
        options.flags |= lib.DRIFT_SCAN_NO_BASELINE
        baseline = None
    options.state = sources.add(state, "state")
    options.desired = sources.add(desired, "desired")
    options.baseline = sources.add(baseline, "baseline")
    options.actual = sources.add(actual, "actual")
    options.timeout_ms = 0 if timeout is None else milliseconds("timeout", timeout)
    return options
