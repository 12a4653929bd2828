"""Engine: a configuration, ready to scan."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from . import _json
from ._arguments import Baseline, Path, engine_config, globs_list, host_providers, milliseconds, path_text, scan_options
from ._cdata import CData
from ._decrypt import Decrypt, Decrypter
from ._documents import Document, Sources
from ._enums import ErrorCode, Verdict
from ._findings import Problem
from ._handle import Managed, make, take_blob
from ._native import ffi, lib
from ._providers import Provider
from ._report import Report
from ._run import Run, afinish, finish
from ._session import Session

T = TypeVar("T")


@dataclass(frozen=True)
class Accepted:
    """What accept() did."""

    #: addresses
    accepted: tuple[str, ...]
    #: findings that were not accepted
    left: int
    #: False: not everything could be judged, so that nothing being left does not mean being in order
    complete: bool
    #: the file that was written
    baseline: str
    #: what could not be judged, by address
    errors: tuple[Problem, ...]


class Engine(Managed):
    """A configuration that any number of scans use, from any thread.

    `config` is the path of a drift.yaml, or its keys as a dict (docs/drift.yaml.md). `provider` is one provider or several, which are asked
    before the built-in one of local files. `options` are those of Options.
    """

    __slots__ = ("_providers", "_decrypt")
    _label = "engine"

    def __init__(
        self,
        *,
        config: Path | Mapping[str, Any] | None = None,
        provider: Provider | Iterable[Provider] | None = None,
        targets: str | Sequence[str] | None = None,
        exclude: str | Sequence[str] | None = None,
        parallel: int | None = None,
        read_timeout: float | None = None,
        attempts: int | None = None,
        record: Path | None = None,
        replay: Path | None = None,
        key_file: Path | None = None,
        find_unmanaged: bool = False,
        file_provider: bool = True,
        stack: str | None = None,
        decrypt: Decrypter | None = None,
    ) -> None:
        self._providers = host_providers(provider)
        self._decrypt = None if decrypt is None else Decrypt(decrypt)
        pointer = engine_config(
            self._providers,
            config=config,
            targets=targets,
            exclude=exclude,
            parallel=parallel,
            read_timeout=read_timeout,
            attempts=attempts,
            record=record,
            replay=replay,
            key_file=key_file,
            find_unmanaged=find_unmanaged,
            file_provider=file_provider,
            stack=stack,
            decrypt=self._decrypt is not None,
        )
        super().__init__(pointer, lib.drift_engine_free)

    def __repr__(self) -> str:
        return f"<Engine: {'closed' if self.closed else 'providers ' + (', '.join(self._providers) or 'built in')}>"

    # ---- scan ----------------------------------------------------------------------------------------------------------------------

    def run(
        self,
        state: Document | None = None,
        *,
        desired: Document | None = None,
        baseline: Baseline = None,
        actual: Document | None = None,
        timeout: float | None = None,
    ) -> Run[Report]:
        """Starts a scan, to be pulled with `for` or `async for`."""
        sources = Sources()
        options = scan_options(sources, state, desired, baseline, actual, timeout)
        return self._started(_report, sources, lib.drift_scan_start, options)

    def scan(
        self,
        state: Document | None = None,
        *,
        desired: Document | None = None,
        baseline: Baseline = None,
        actual: Document | None = None,
        timeout: float | None = None,
    ) -> Report:
        """Scans, and gives the report. `timeout` is in seconds."""
        return finish(self.run(state, desired=desired, baseline=baseline, actual=actual, timeout=timeout))

    async def ascan(
        self,
        state: Document | None = None,
        *,
        desired: Document | None = None,
        baseline: Baseline = None,
        actual: Document | None = None,
        timeout: float | None = None,
    ) -> Report:
        """As scan(), in a coroutine."""
        return await afinish(self.run(state, desired=desired, baseline=baseline, actual=actual, timeout=timeout))

    # ---- accept --------------------------------------------------------------------------------------------------------------------

    def run_accept(
        self,
        addresses: str | Sequence[str],
        state: Document | None = None,
        *,
        desired: Document | None = None,
        actual: Document | None = None,
        baseline: Path | None = None,
        timeout: float | None = None,
    ) -> Run[Accepted]:
        """Starts an accept, to be pulled with `for` or `async for`."""
        sources = Sources()
        options = scan_options(sources, state, desired, None, actual, timeout)
        globs = [ffi.new("char[]", glob.encode()) for glob in globs_list("addresses", addresses)]
        path = b"" if baseline is None else os.fsencode(path_text("baseline", baseline))
        return self._started(
            _accepted, sources, lib.drift_accept_start, options, ffi.new("const char *[]", globs), len(globs), path, len(path)
        )

    def accept(
        self,
        addresses: str | Sequence[str],
        state: Document | None = None,
        *,
        desired: Document | None = None,
        actual: Document | None = None,
        baseline: Path | None = None,
        timeout: float | None = None,
    ) -> Accepted:
        """Scans, and writes what is there now of the findings whose address matches one of the globs into the file `baseline`.

        Without `baseline` it is that of the configuration. It is made where it is missing; so is the key that seals secrets in it.
        """
        return finish(self.run_accept(addresses, state, desired=desired, actual=actual, baseline=baseline, timeout=timeout))

    async def aaccept(
        self,
        addresses: str | Sequence[str],
        state: Document | None = None,
        *,
        desired: Document | None = None,
        actual: Document | None = None,
        baseline: Path | None = None,
        timeout: float | None = None,
    ) -> Accepted:
        """As accept(), in a coroutine."""
        return await afinish(self.run_accept(addresses, state, desired=desired, actual=actual, baseline=baseline, timeout=timeout))

    # ---- diff ----------------------------------------------------------------------------------------------------------------------

    def run_diff(self, a: Document, b: Document, *, timeout: float | None = None) -> Run[Report]:
        """Starts a comparison, to be pulled with `for` or `async for`."""
        sources = Sources()
        limit = 0 if timeout is None else milliseconds("timeout", timeout)
        return self._started(_report, sources, lib.drift_diff_start, sources.needed(a, "a"), sources.needed(b, "b"), limit)

    def diff(self, a: Document, b: Document, *, timeout: float | None = None) -> Report:
        """Compares two documents, `a` taken as recorded and `b` as actual."""
        return finish(self.run_diff(a, b, timeout=timeout))

    async def adiff(self, a: Document, b: Document, *, timeout: float | None = None) -> Report:
        """As diff(), in a coroutine."""
        return await afinish(self.run_diff(a, b, timeout=timeout))

    def _started(self, outcome: Callable[[CData], T], sources: Sources, start: Any, *arguments: Any) -> Run[T]:
        pointer = make("drift_run", start, self._handle, *arguments)
        return Run(Session(pointer, sources.hosts, self._providers, self._decrypt), outcome)


def _report(run: CData) -> Report:
    return Report(make("drift_report", lib.drift_run_report, run))


def _accepted(run: CData) -> Accepted:
    outcome = _json.loads(take_blob(make("drift_blob", lib.drift_run_accepted, run)))
    return Accepted(
        tuple(outcome["accepted"]), outcome["left"], outcome["complete"], outcome["baseline"], tuple(map(_problem, outcome["errors"]))
    )


def _problem(error: Mapping[str, Any]) -> Problem:
    """An error of a report, from its JSON."""
    try:
        code = ErrorCode.of(error["code"])
    except ValueError:  # of a later version
        code = ErrorCode.UNKNOWN
    verdict = Verdict.__members__.get(error.get("verdict", "").upper(), Verdict.UNKNOWN)
    return Problem(
        error.get("address", ""),
        error.get("type", ""),
        error["code"],
        error["message"],
        error.get("next", ""),
        code,
        verdict,
        bool(error.get("retryable", False)),
    )
