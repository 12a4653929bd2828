"""A report as HTML, for notebooks."""
from __future__ import annotations

import html
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ._enums import Relation
from ._findings import Change, Finding

if TYPE_CHECKING:
    from ._report import Report

_MOST: Final = 100  # findings; a notebook is no place for more
_MOST_CHANGES: Final = 5
_MOST_TEXT: Final = 120
_BEFORE_DIFFERENCE: Final = 30


def _cell(text: str) -> str:
    return f'<td style="text-align:left">{text}</td>'


def _value(text: str | None, begin: int) -> str:
    """A value from `begin` on, in so far as it has room."""
    if text is None:
        return "<i>none</i>"
    shown = ("…" if begin else "") + text[begin : begin + _MOST_TEXT] + ("…" if len(text) > begin + _MOST_TEXT else "")
    return f"<code>{html.escape(shown)}</code>"


def _change(change: Change) -> str:
    """The value before and after; who moved, where that was not only what exists."""
    relation = change.relation
    before = change.json("baseline") or change.json("recorded")
    after = change.json("desired" if relation is Relation.PENDING else "actual")
    if before is None and relation is not Relation.PENDING:
        before = change.json("desired")
    sides = [before, after]
    if relation is Relation.CONFLICT:
        sides.append(change.json("desired"))
    begin = _first_shown([side for side in sides if side is not None])
    said = " → ".join(_value(side, begin) for side in sides[:2])
    if relation is Relation.CONFLICT:
        said += f", desired {_value(sides[2], begin)}"
    if relation is not Relation.DRIFT:
        said += f" ({relation})"
    return f"{html.escape(change.path) or '(the resource)'}: {said}"


def _first_shown(texts: Sequence[str]) -> int:
    """Where to begin, so that the first difference can be seen."""
    if max(map(len, texts), default=0) <= _MOST_TEXT:
        return 0
    return max(0, len(os.path.commonprefix(list(texts))) - _BEFORE_DIFFERENCE)


def _changes(changes: Sequence[Change]) -> str:
    lines = [_change(change) for change in changes[:_MOST_CHANGES]]
    if len(changes) > _MOST_CHANGES:
        lines.append(f"and {len(changes) - _MOST_CHANGES} more")
    return "<br>".join(lines)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f'<th style="text-align:left">{name}</th>' for name in head) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(map(_cell, row)) + "</tr>"
    yield "</tbody></table>"


def _row(finding: Finding) -> tuple[str, ...]:
    risk, address = finding.risk, f"<code>{html.escape(finding.address)}</code>"
    return str(finding.verdict), str(risk.level), address, _changes(finding.changes), html.escape(risk.why)


def report_html(headline: str, report: Report) -> str:
    parts = [f"<p><b>{html.escape(headline)}</b></p>"]
    if len(report):
        findings = report[:_MOST]
        parts.extend(_table(("verdict", "risk", "address", "changes", "why"), map(_row, findings)))
    if len(report) > _MOST:
        parts.append(f"<p>and {len(report) - _MOST} more</p>")
    if report.errors:
        shown = report.errors[:_MOST]
        problems = ((f"<code>{html.escape(e.address)}</code>", html.escape(e.message), html.escape(e.next_step)) for e in shown)
        parts.extend(_table(("not judged", "why", "next"), problems))
        if len(report.errors) > _MOST:
            parts.append(f"<p>and {len(report.errors) - _MOST} more</p>")
    if report.suppressed:
        parts.append(f"<p>{len(report.suppressed)} suppressed by rules</p>")
    return "\n".join(parts)
