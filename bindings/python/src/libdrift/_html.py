"""A report as HTML, for notebooks."""
from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ._findings import Change

if TYPE_CHECKING:
    from ._report import Report

_MOST: Final = 100  # findings; a notebook is no place for more
_MOST_CHANGES: Final = 5
_MOST_TEXT: Final = 120


def _cell(text: str) -> str:
    return f'<td style="text-align:left">{text}</td>'


def _value(text: str | None) -> str:
    if text is None:
        return "<i>none</i>"
    return f"<code>{html.escape(text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + '…')}</code>"


def _change(change: Change) -> str:
    before = change.json("baseline") or change.json("recorded") or change.json("desired")
    return f"{html.escape(change.path) or '(the resource)'}: {_value(before)} → {_value(change.json('actual'))}"


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


def report_html(headline: str, report: Report) -> str:
    parts = [f"<p><b>{html.escape(headline)}</b></p>"]
    if len(report):
        findings = report[:_MOST]
        rows = ((str(f.verdict), str(f.risk.level), f"<code>{html.escape(f.address)}</code>", _changes(f.changes)) for f in findings)
        parts.extend(_table(("verdict", "risk", "address", "changes"), rows))
    if len(report) > _MOST:
        parts.append(f"<p>and {len(report) - _MOST} more</p>")
    if report.errors:
        shown = report.errors[:_MOST]
        problems = ((f"<code>{html.escape(e.address)}</code>", html.escape(e.message), html.escape(e.next_step)) for e in shown)
        parts.extend(_table(("not judged", "why", "next"), problems))
    return "\n".join(parts)
