"""Report: what a scan found."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, Final, Union, overload

from ._cdata import CData
from ._enums import Basis
from ._findings import Change, Finding, Note, Problem, Summary, Suppressed, problem
from ._handle import Managed, call, make, take_blob
from ._html import report_html
from ._native import ffi, lib
from ._table import Table, read_page

_COUNTS: Final = tuple(member.name for member in fields(Summary) if member.name != "elapsed")


class _Rows:
    """The lists of a report. They keep its handle, and a Finding keeps the list of changes: either outlives the Report."""

    __slots__ = ("findings", "suppressed", "errors", "notes")

    def __init__(self, report: CData) -> None:
        changes = _changes(report, lib.DRIFT_OF_FINDINGS, lib.DRIFT_COUNT_CHANGES)
        taken_out = _changes(report, lib.DRIFT_OF_SUPPRESSED, lib.DRIFT_COUNT_SUPPRESSED_CHANGES)

        def findings(first: int) -> list[Finding]:
            return [Finding(*row, changes) for row in read_page("drift_finding_view", lib.drift_report_findings, (report,), first)]

        def suppressed(first: int) -> list[Suppressed]:
            page = read_page("drift_suppressed_view", lib.drift_report_suppressed, (report,), first)
            return [Suppressed(*row, taken_out) for row in page]

        def errors(first: int) -> list[Problem]:
            return [problem(*row) for row in read_page("drift_problem_view", lib.drift_report_problems, (report,), first)]

        def notes(first: int) -> list[Note]:
            return [Note(*texts) for texts, _ in read_page("drift_note_view", lib.drift_report_notes, (report,), first)]

        self.findings = Table(_count(report, lib.DRIFT_COUNT_FINDINGS), findings)
        self.suppressed = Table(_count(report, lib.DRIFT_COUNT_SUPPRESSED), suppressed)
        self.errors = Table(_count(report, lib.DRIFT_COUNT_PROBLEMS), errors)
        self.notes = Table(_count(report, lib.DRIFT_COUNT_NOTES), notes)


def _changes(report: CData, of: int, counted: int) -> Table[Change]:
    def load(first: int) -> list[Change]:
        return [Change(*row) for row in read_page("drift_change_view", lib.drift_report_changes, (report, of), first)]

    return Table(_count(report, counted), load)


class Report(Managed, Sequence[Finding]):
    """The findings of a scan, by address, and what else is to be known of it.

    Being empty does not mean that nothing drifted: look at `complete`, or at `clean`, which is both.
    """

    __slots__ = ("_summary", "_complete", "_basis", "_rows")
    _label = "report"
    _instead = ": keep what to_json() gives, or its findings"

    def __init__(self, pointer: CData) -> None:
        super().__init__(pointer, lib.drift_report_free)
        counts = ffi.new("drift_summary *", {"struct_size": ffi.sizeof("drift_summary")})
        call(lib.drift_report_summary, self._handle, counts)
        self._summary = Summary(**{name: getattr(counts, name) for name in _COUNTS}, elapsed=counts.elapsed_ns / 1e9)
        self._complete = bool(counts.complete)
        self._basis = Basis(counts.basis)
        self._rows: _Rows | None = _Rows(self._handle)

    def close(self) -> None:
        """Frees what the library holds for this object. Findings that were looked at stay."""
        super().close()
        self._rows = None

    @property
    def _lists(self) -> _Rows:
        if self._rows is None:
            raise ValueError("this report is closed")
        return self._rows

    @property
    def summary(self) -> Summary:
        """How much was looked at, and what came of it."""
        return self._summary

    @property
    def complete(self) -> bool:
        """False when anything that should have an answer has none."""
        return self._complete

    @property
    def basis(self) -> Basis:
        """The sides that took part."""
        return self._basis

    @property
    def suppressed(self) -> Sequence[Suppressed]:
        """What rules took out, by address."""
        return self._lists.suppressed

    @property
    def errors(self) -> Sequence[Problem]:
        """What could not be judged, by address."""
        return self._lists.errors

    @property
    def notes(self) -> Sequence[Note]:
        """What a person should know about the documents and rules."""
        return self._lists.notes

    @property
    def clean(self) -> bool:
        """Everything was judged, and nothing drifted."""
        return self.complete and len(self) == 0

    def __len__(self) -> int:
        return len(self._lists.findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...

    def __getitem__(self, index: int | slice) -> Union[Finding, tuple[Finding, ...]]:
        return self._lists.findings[index]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._lists.findings)

    def to_json(self, *, compact: bool = False) -> str:
        """The report as docs/report.schema.json says."""
        return self._render(lib.DRIFT_RENDER_JSON_COMPACT if compact else lib.DRIFT_RENDER_JSON, ffi.NULL)

    def to_text(
        self,
        *,
        color: bool = False,
        width: int | None = None,
        ascii: bool = False,
        suppressed: bool = False,
        elapsed: bool = True,
        max_findings: int | None = None,
    ) -> str:
        """The report for people. `width` in columns (0: without limit)."""
        return self._render(lib.DRIFT_RENDER_TEXT, _options(color, width, ascii, suppressed, elapsed, max_findings))

    def headline(self) -> str:
        """The first line of to_text()."""
        return self._render(lib.DRIFT_RENDER_HEADLINE, ffi.NULL)

    def explain(self, address: str, *, color: bool = False, width: int | None = None, ascii: bool = False) -> str:
        """One finding, error or suppressed resource with every side's value and why. KeyError when the report has none of that address."""
        if not isinstance(address, str):
            raise TypeError(f"an address is a text, not {type(address).__name__}")
        try:
            encoded = address.encode()
        except UnicodeEncodeError:  # half a surrogate pair: nothing is called so
            raise KeyError(address) from None
        options = _options(color, width, ascii, False, True, None)
        text = make("drift_blob", lib.drift_report_explain, self._handle, encoded, len(encoded), options)
        if not text:
            raise KeyError(address)
        return take_blob(text)

    def _render(self, form: int, options: Any) -> str:
        return take_blob(make("drift_blob", lib.drift_report_render, self._handle, form, options))

    def __repr__(self) -> str:
        return f"<Report: {'closed' if self.closed else self.headline()}>"

    def _repr_html_(self) -> str:
        return "<p>a report that is closed</p>" if self.closed else report_html(self.headline(), self)


def _count(handle: CData, what: int) -> int:
    count = ffi.new("uint64_t *")
    call(lib.drift_report_count, handle, what, count)
    return int(count[0])


def _options(color: bool, width: int | None, ascii: bool, suppressed: bool, elapsed: bool, max_findings: int | None) -> CData:
    flags = {
        lib.DRIFT_RENDER_FLAG_COLOR: color,
        lib.DRIFT_RENDER_FLAG_ASCII: ascii,
        lib.DRIFT_RENDER_FLAG_SUPPRESSED: suppressed,
        lib.DRIFT_RENDER_FLAG_NO_ELAPSED: not elapsed,
    }
    for name, number in (("width", width), ("max_findings", max_findings)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
            raise TypeError(f"{name} must be a whole number, not {type(number).__name__}")
        if number is not None and not 0 <= number < 2**32:
            raise ValueError(f"{name} must be 0 or more, not {number}")
    return ffi.new(
        "drift_render_options *",
        {
            "struct_size": ffi.sizeof("drift_render_options"),
            "flags": sum(flag for flag, wanted in flags.items() if wanted),
            "width": lib.DRIFT_WIDTH_UNLIMITED if width == 0 else width or 0,
            "max_findings": max_findings or 0,
        },
    )
