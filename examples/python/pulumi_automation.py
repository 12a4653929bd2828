"""Scans a stack of Pulumi's Automation API, in this process: pulumi_automation.py [PROJECT_FOLDER STACK].

Without arguments it takes a stack that was saved below, which needs no `pulumi` command.
"""
from __future__ import annotations

import sys

import pulumi.automation as auto

import libdrift

LIVE = {"shop-assets-1f2e": {"acl": "public-read", "tags": {"team": "shop"}}}  # what the cloud really has


class Buckets:
    """Reads buckets. With a cloud's client this would be `async def read_one`, and many would be read at once."""

    name = "buckets"
    types = ["aws:s3/bucket:Bucket"]

    def read_one(self, resource: libdrift.Resource) -> libdrift.Outcome:
        bucket = LIVE.get(resource.id)
        return libdrift.ABSENT if bucket is None else {**resource.attributes, **bucket}


class SavedStack(auto.Stack):
    """A stack as it was exported once."""

    def __init__(self) -> None:
        self.name = "dev"

    def export_stack(self) -> auto.Deployment:
        urn = "urn:pulumi:dev::shop::"
        outputs = {"id": "shop-assets-1f2e", "acl": "private", "bucket": "shop-assets-1f2e", "tags": {"team": "shop"}}
        return auto.Deployment(version=3, deployment={"manifest": {"time": "2026-01-01T00:00:00Z", "version": "v3.150.0"}, "resources": [
            {"urn": urn + "pulumi:pulumi:Stack::shop-dev", "custom": False, "type": "pulumi:pulumi:Stack"},
            {"urn": urn + "aws:s3/bucket:Bucket::assets", "custom": True, "id": "shop-assets-1f2e", "type": "aws:s3/bucket:Bucket",
             "inputs": {"acl": "private", "tags": {"team": "shop"}}, "outputs": outputs,
             "parent": urn + "pulumi:pulumi:Stack::shop-dev"}]})


def check(stack: auto.Stack) -> libdrift.Report:
    return libdrift.scan(state=stack.export_stack(), provider=Buckets())


if __name__ == "__main__":
    stack = auto.select_stack(sys.argv[2], work_dir=sys.argv[1]) if len(sys.argv) > 2 else SavedStack()
    report = check(stack)
    print(f"{stack.name}: {report.to_text(elapsed=False)}", end="")
    sys.exit(2 if len(report) else 0 if report.complete else 3)
