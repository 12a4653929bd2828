"""Finds and explains infrastructure drift, inside this process.

    import libdrift

    report = libdrift.scan(state="terraform.tfstate")
    for finding in report:
        print(finding.verdict, finding.address)

A document is a path (str or PathLike), bytes, a parsed document (dict or list), a Pulumi Deployment, or an object with a read() method,
which is called when the run asks for it. What scans have in common can be given once, to an Engine.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._api import aaccept, accept, adiff, ascan, diff, scan
from ._arguments import Options, Path
from ._decrypt import Decrypter, DecryptRequest, Plaintexts
from ._documents import Deployment, Document, StateSource
from ._engine import Accepted, Engine
from ._enums import Basis, ChangeKind, DriftClass, ErrorCode, Mode, Relation, RiskClass, RiskDirection, RiskLevel, Section, Verdict
from ._errors import (
    AccessDenied,
    Cancelled,
    ConfigError,
    DeadlineExceeded,
    DocumentError,
    DriftError,
    InternalError,
    IsADirectory,
    NotFound,
    OptionTypeError,
    ReadError,
    SystemFailure,
)
from ._findings import Change, Finding, Note, Problem, Risk, Summary, Suppressed
from ._native import ffi, lib
from ._providers import ABSENT, Absent, BatchProvider, Found, Outcome, Provider, Resource, SingleProvider
from ._report import Report
from ._run import Done, Run
from ._session import LogEntry, Progress
from ._values import MISSING, Missing

__all__ = [
    "ABSENT",
    "Absent",
    "Accepted",
    "AccessDenied",
    "Basis",
    "BatchProvider",
    "Cancelled",
    "Change",
    "ChangeKind",
    "ConfigError",
    "DeadlineExceeded",
    "DecryptRequest",
    "Decrypter",
    "Deployment",
    "Document",
    "DocumentError",
    "Done",
    "DriftClass",
    "DriftError",
    "Engine",
    "ErrorCode",
    "Finding",
    "Found",
    "InternalError",
    "IsADirectory",
    "LogEntry",
    "MISSING",
    "Missing",
    "Mode",
    "NotFound",
    "Note",
    "OptionTypeError",
    "Options",
    "Outcome",
    "Plaintexts",
    "Problem",
    "Progress",
    "Provider",
    "ReadError",
    "Relation",
    "Report",
    "Resource",
    "Risk",
    "RiskClass",
    "RiskDirection",
    "RiskLevel",
    "Run",
    "Section",
    "SingleProvider",
    "StateSource",
    "Summary",
    "Suppressed",
    "SystemFailure",
    "Verdict",
    "aaccept",
    "accept",
    "adiff",
    "ascan",
    "diff",
    "scan",
]

__version__ = ffi.string(lib.drift_version()).decode()

if lib.drift_version_check(lib.DRIFT_HEADER_VERSION) != lib.DRIFT_OK:
    raise ImportError(f"libdrift {__version__} is not what this package was made for")

# Where they are looked for, in tracebacks and pickles.
for _name in __all__:
    if getattr(globals()[_name], "__module__", "").startswith("libdrift."):
        globals()[_name].__module__ = "libdrift"
del _name

#: Names in the hints of these classes: typing.get_type_hints() looks for them in this module, since it is theirs.
_HINTS = (Any, Mapping, Path, Sequence)
