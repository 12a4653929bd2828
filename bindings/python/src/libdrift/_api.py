"""The calls of the module: an Engine for one call."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._arguments import Baseline, Options, Path
from ._documents import Document
from ._engine import Accepted, Engine
from ._providers import Provider
from ._report import Report
from ._unpack import Unpack


def scan(
    state: Document | None = None,
    *,
    desired: Document | None = None,
    baseline: Baseline = None,
    actual: Document | None = None,
    provider: Provider | Iterable[Provider] | None = None,
    config: Path | Mapping[str, Any] | None = None,
    timeout: float | None = None,
    **options: Unpack[Options],
) -> Report:
    """Scans, and gives the report.

    state, desired, baseline, actual: documents; what is not given is what `config` says. With `actual` nothing live is read.
    provider: one or several objects that read live resources; without them only local files are read.
    config: the path of a drift.yaml, or its keys as a dict. timeout: seconds; what is known by then is reported.
    options: those of Options (targets, exclude, parallel, record, replay, key_file, ...).
    """
    with Engine(config=config, provider=provider, **options) as engine:
        return engine.scan(state, desired=desired, baseline=baseline, actual=actual, timeout=timeout)


async def ascan(
    state: Document | None = None,
    *,
    desired: Document | None = None,
    baseline: Baseline = None,
    actual: Document | None = None,
    provider: Provider | Iterable[Provider] | None = None,
    config: Path | Mapping[str, Any] | None = None,
    timeout: float | None = None,
    **options: Unpack[Options],
) -> Report:
    """As scan(), in a coroutine. Cancelling the task cancels the scan."""
    with Engine(config=config, provider=provider, **options) as engine:
        return await engine.ascan(state, desired=desired, baseline=baseline, actual=actual, timeout=timeout)


def accept(
    addresses: str | Sequence[str],
    state: Document | None = None,
    *,
    desired: Document | None = None,
    actual: Document | None = None,
    baseline: Path | None = None,
    provider: Provider | Iterable[Provider] | None = None,
    config: Path | Mapping[str, Any] | None = None,
    timeout: float | None = None,
    **options: Unpack[Options],
) -> Accepted:
    """Scans, and writes what is there now of the findings whose address matches one of the globs `addresses` into the file `baseline`.

    Later scans with that baseline report only what changed since. Without `baseline` it is that of the configuration.
    """
    with Engine(config=config, provider=provider, **options) as engine:
        return engine.accept(addresses, state, desired=desired, actual=actual, baseline=baseline, timeout=timeout)


async def aaccept(
    addresses: str | Sequence[str],
    state: Document | None = None,
    *,
    desired: Document | None = None,
    actual: Document | None = None,
    baseline: Path | None = None,
    provider: Provider | Iterable[Provider] | None = None,
    config: Path | Mapping[str, Any] | None = None,
    timeout: float | None = None,
    **options: Unpack[Options],
) -> Accepted:
    """As accept(), in a coroutine."""
    with Engine(config=config, provider=provider, **options) as engine:
        return await engine.aaccept(addresses, state, desired=desired, actual=actual, baseline=baseline, timeout=timeout)


def diff(
    a: Document, b: Document, *, config: Path | Mapping[str, Any] | None = None, timeout: float | None = None, **options: Unpack[Options]
) -> Report:
    """Compares two documents, `a` taken as recorded and `b` as actual."""
    with Engine(config=config, **options) as engine:
        return engine.diff(a, b, timeout=timeout)


async def adiff(
    a: Document, b: Document, *, config: Path | Mapping[str, Any] | None = None, timeout: float | None = None, **options: Unpack[Options]
) -> Report:
    """As diff(), in a coroutine."""
    with Engine(config=config, **options) as engine:
        return await engine.adiff(a, b, timeout=timeout)
