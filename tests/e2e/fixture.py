"""Folders and states for the fixture provider (tests/e2e/provider): what really exists, and what Terraform recorded of it.

As a program it writes a workload: fixture.py FOLDER COUNT [--protocol 5|6] makes FOLDER/terraform.tfstate and FOLDER/actual/."""
import argparse
import base64
import json
import pathlib

PROVIDER = 'provider["registry.opentofu.org/libdrift/fixture"]'
SENSITIVE = {"secret", "password", "keys", "pass"}  # names of members, at any depth
SETS = {"tag", "chosen", "ports", "set", "values"}
EMPTY = {  # what a state of protocol 6 has for each attribute and block that nobody set
    "fixture_plain": {"default": None, "etag": None, "flag": None, "integer": None, "list": None, "map": None, "number": None, "numbers": None,
                      "ports": None, "real": None, "secret": None, "set": None, "text": None},
    "fixture_nested": {"chosen": None, "etag": None, "listed": None, "mapped": None, "rule": [], "settings": None, "single": None, "tag": []},
    "fixture_secret": {"keys": None, "login": None, "note": None, "password": None, "password_wo": None, "password_wo_turn": None},
    "fixture_dynamic": {"any": None},
    "fixture_versioned": {"size": None},
    "fixture_identified": {"region": None, "secret": None, "text": None},
    "fixture_reidentified": {"region": None},
}
EMPTY5 = {  # of protocol 5
    "fixture_plain": {"default": None, "etag": None, "flag": None, "integer": None, "list": None, "map": None, "ports": [], "real": None,
                      "secret": None, "set": None, "text": None},
    "fixture_nested": {"etag": None, "rule": [], "settings": [], "tag": []},
    "fixture_secret": {"keys": None, "note": None, "password": None, "password_wo": None, "password_wo_turn": None},
    "fixture_versioned": {"size": None},
    "fixture_identified": {"region": None, "text": None},
    "fixture_reidentified": {"region": None},
}


def sensitive_paths(value, at=()):
    """The paths that OpenTofu marks: a null is marked too, and a set is as a whole. Of a dynamic value they are those of the value itself."""
    if isinstance(value, dict) and set(value) == {"type", "value"}:
        yield from sensitive_paths(value["value"], at)
    elif isinstance(value, dict):
        for name, member in sorted(value.items()):
            step = {"type": "get_attr", "value": name} if not at or at[-1]["value"] != "mapped" else {"type": "index", "value": {"value": name, "type": "string"}}
            if name in SENSITIVE:
                yield [*at, step]
            elif name in SETS:
                if any(True for _ in sensitive_paths(member, (*at, step))):
                    yield [*at, step]
            else:
                yield from sensitive_paths(member, (*at, step))
    elif isinstance(value, list):
        for i, element in enumerate(value):
            yield from sensitive_paths(element, (*at, {"type": "index", "value": {"value": i, "type": "number"}}))


class Fixture:
    """A folder of resources, and the state that recorded them."""

    def __init__(self, folder, protocol=6):
        self.folder = pathlib.Path(folder)
        self.protocol = protocol
        self.folder.mkdir(parents=True, exist_ok=True)
        self.resources = {}

    def put(self, kind, ident, **attributes):
        """What really exists; also called for a change behind Terraform's back."""
        path = self.folder / kind / f"{ident}.json"
        path.parent.mkdir(exist_ok=True)
        name = "id" if self.protocol == 6 else "name"
        path.write_text(json.dumps({name: ident, **attributes}))

    def remove(self, kind, ident):
        (self.folder / kind / f"{ident}.json").unlink()

    def record(self, kind, ident, version=None, private=None, identity=None, identity_version=0, marks=True, **attributes):
        """What the state says. A missing attribute is null there. Without `marks`, nothing is called sensitive, as older states do."""
        if version is None:
            version = 1 if kind == "fixture_versioned" else 0
        known = {} if kind == "fixture_versioned" and version == 0 else (EMPTY if self.protocol == 6 else EMPTY5)[kind]
        attributes = {**known, **attributes, "id": ident}
        if self.protocol == 5:
            attributes["name"] = ident
        instance = {"schema_version": version, "attributes": attributes, "sensitive_attributes": list(sensitive_paths(attributes)) if marks else []}
        if private is not None:
            instance["private"] = base64.b64encode(private).decode()
        if identity is not None:
            instance["identity"], instance["identity_schema_version"] = identity, identity_version
        self.resources[(kind, ident)] = {"mode": "managed", "type": kind, "name": ident.replace(".", "_"), "provider": PROVIDER, "instances": [instance]}

    def both(self, kind, ident, **attributes):
        self.put(kind, ident, **attributes)
        self.record(kind, ident, **attributes)

    def usual(self, i, **more):
        """What the i-th of many plain resources has. For protocol 5 all of it: what nobody set, that SDK answers as "", 0 or false."""
        out = {"text": f"text {i}", "integer": i, "map": {"index": str(i)}}
        if self.protocol == 5:
            out |= {"real": 0.5, "flag": True, "list": ["a"], "set": ["a"], "ports": [{"name": "http", "port": 80}], "secret": "hush hush", "etag": "e", "default": "d"}
        return out | more

    def many(self, count, first=0):
        for i in range(first, first + count):
            self.both("fixture_plain", f"r{i:05d}", **self.usual(i))

    def behave(self, *rules, **settings):
        """behaviour.json of the folder: what the provider does wrong once it is configured."""
        (self.folder / "behaviour.json").write_text(json.dumps({"rules": list(rules), **settings}))

    def state(self):
        return {"version": 4, "terraform_version": "1.12.6", "serial": 3, "lineage": "7a9d35d3-4a56-2f08-8f3e-0a4d1a4e8a0e", "outputs": {},
                "resources": list(self.resources.values()), "check_results": None}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--protocol", type=int, default=6, choices=(5, 6))
    args = parser.parse_args()
    made = Fixture(args.folder / "actual", args.protocol)
    made.many(args.count)
    (args.folder / "terraform.tfstate").write_text(json.dumps(made.state(), indent=2))


if __name__ == "__main__":
    main()
