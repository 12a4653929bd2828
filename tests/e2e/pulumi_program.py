"""Makes a stack with the real Pulumi CLI: an Automation API program, run with the Python of the peer pulumi-python. It reads from standard input what
there shall be, {"project", "stack", "folder", "backend", "config": {...}, "provider": {...}, "resources": [...]}, runs `up`, and prints nothing.

A resource is {"type", "name", "inputs", "ignore", "secrets", "parent", "component", "protect", "read"}; inputs have the fixture's notation for
secrets and assets, and {"$resource": name} for another resource. `read`: the id of what exists already and is not the stack's."""
import asyncio
import json
import sys

import pulumi
from pulumi import automation
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2


def value_of(what, made):
    if isinstance(what, list):
        return [value_of(v, made) for v in what]
    if not isinstance(what, dict):
        return what
    if len(what) == 1:
        (name, inner), = what.items()
        if name == "$secret":
            return pulumi.Output.secret(value_of(inner, made))
        if name == "$asset":
            return pulumi.StringAsset(inner)
        if name == "$archive":
            return pulumi.AssetArchive({member: pulumi.StringAsset(text) for member, text in inner.items()})
        if name == "$resource":
            return made[inner]
    return {name: value_of(inner, made) for name, inner in what.items()}


class Registered:
    """A package with parameters, as `pulumi package add` would generate it."""

    def __init__(self, package):
        self.package = package
        self.found = None

    async def ref(self):
        if self.found is None:
            said = self.package["parameterization"]
            parameterization = resource_pb2.Parameterization(name=said["name"], version=said["version"], value=said["value"].encode())
            request = resource_pb2.RegisterPackageRequest(name=self.package["name"], version=self.package["version"], parameterization=parameterization)
            self.found = await asyncio.get_event_loop().run_in_executor(None, lambda: settings.get_monitor().RegisterPackage(request).ref)
        return self.found


def program(wanted):
    def run():
        package = Registered(wanted["package"]) if wanted.get("package") else None
        provider = None
        if wanted.get("provider"):
            said = wanted["provider"]
            provider = pulumi.ProviderResource(said["package"], said["name"], {k: value_of(v, {}) for k, v in said["inputs"].items()},
                                               pulumi.ResourceOptions(version=said.get("version")))
        made = {}
        for one in wanted["resources"]:
            options = pulumi.ResourceOptions(
                parent=made.get(one.get("parent")), ignore_changes=one.get("ignore"), protect=one.get("protect"), id=one.get("read"),
                additional_secret_outputs=one.get("secrets"), version=wanted.get("version"),
                provider=None if one.get("component") or package else provider)
            if one.get("component"):
                made[one["name"]] = pulumi.ComponentResource(one["type"], one["name"], None, options)
                continue
            inputs = {name: value_of(value, made) for name, value in one.get("inputs", {}).items()}
            made[one["name"]] = pulumi.CustomResource(one["type"], one["name"], inputs, options, False, package.ref() if package else None)

    return run


def main():
    wanted = json.load(sys.stdin)
    options = automation.LocalWorkspaceOptions(
        work_dir=wanted["folder"], secrets_provider=wanted.get("secrets_provider", "passphrase"),
        project_settings=automation.ProjectSettings(name=wanted["project"], runtime="python",
                                                    backend=automation.ProjectBackend(url=wanted["backend"])))
    stack = automation.create_or_select_stack(stack_name=wanted["stack"], project_name=wanted["project"], program=program(wanted), opts=options)
    for name, value in wanted.get("config", {}).items():
        secret = isinstance(value, dict)
        stack.set_config(name, automation.ConfigValue(value=value["$secret"] if secret else value, secret=secret))
    stack.up(suppress_progress=True)


if __name__ == "__main__":
    main()
