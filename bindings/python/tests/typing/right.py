"""What a type checker has to accept, and what it has to know."""
from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Sequence

from typing_extensions import assert_type

import libdrift


class Batch:
    name = "acme"
    types = ["acme_*"]

    def read(self, resources: list[libdrift.Resource]) -> list[libdrift.Outcome]:
        return [libdrift.Found({"a": 1}) if resource.id else libdrift.ABSENT for resource in resources]


class Single:
    name: str = "other"
    types: tuple[str, ...] = ("other_*",)

    async def read_one(self, resource: libdrift.Resource) -> libdrift.Outcome:
        if not resource.attributes:
            return libdrift.ReadError("nothing is known", code="E_READ_UNSUPPORTED")
        return {**resource.attributes}


class Source:
    name = "bucket"

    def read(self) -> bytes:
        return b"{}"


class AsyncSource:
    async def read(self) -> dict[str, object]:
        return {}


def scans() -> None:
    report = libdrift.scan("a.tfstate", provider=[Batch(), Single()], config={"parallel": 4}, timeout=1.5, targets=["*"])
    assert_type(report, libdrift.Report)
    path = pathlib.Path("a")
    libdrift.scan(state=path, desired=b"{}", baseline=False, actual=Source(), provider=Batch(), config=path)
    libdrift.scan(AsyncSource(), record="folder", find_unmanaged=True)
    with open("a.tfstate", "rb") as file:
        libdrift.diff(file, {"version": 4, "resources": []})
    for finding in report:
        assert_type(finding, libdrift.Finding)
        assert_type(finding.address, str)
        assert_type(finding.verdict, libdrift.Verdict)
        assert_type(finding.changes, tuple[libdrift.Change, ...])
        assert_type(finding.changes[0].pointer, str)
    assert_type(report[0], libdrift.Finding)
    assert_type(report[1:], tuple[libdrift.Finding, ...])
    assert_type(report.errors, Sequence[libdrift.Problem])
    assert_type(report.summary.checked, int)
    assert_type(libdrift.accept("*", "a.tfstate").accepted, tuple[str, ...])


async def coroutines() -> None:
    assert_type(await libdrift.ascan("a.tfstate", provider=Single()), libdrift.Report)
    with libdrift.Engine(provider=Single()) as engine:
        assert_type(engine, libdrift.Engine)
        async with engine.run("a.tfstate") as run:
            async for event in run:
                if isinstance(event, libdrift.Done):
                    assert_type(event.result, libdrift.Report)
                elif isinstance(event, libdrift.Progress):
                    assert_type(event.done, int)


def errors() -> None:
    try:
        scans()
    except FileNotFoundError as error:
        if isinstance(error, libdrift.DriftError):
            assert_type(error.next_step, str)
    except libdrift.DriftError as error:
        assert_type(error.code, int)
    asyncio.run(coroutines())
