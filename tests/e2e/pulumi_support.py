"""What the Pulumi tests share: the fixture's folder, checkpoints of it, and stacks that the real CLI writes.

A test says what is recorded and what exists, both of each resource, lets the CLI import the checkpoint (or run `up`) and compares `drift scan` with
`pulumi refresh --preview-only`."""
import hashlib
import json
import pathlib
import subprocess

import support
from pulumi_oracle import Pulumi, disagreements
from support import EndToEnd, pointers

SIG = "4dabf18193072939515e22adb298388d"
SECRET, ASSET = "1b47061264138c4ac30d75fd1eb44270", "c44067f5952c0a294b673a41bacd8c17"
REFERENCE, BYTES = "5cf8f73096256a8f31e491e813e4eb8e", "803fd3297a5875dc03ca845dda5d2a98"
PASSPHRASE = "correct horse"
HERE = pathlib.Path(__file__).resolve().parent
VERSION = "1.2.3"
PROVIDER = ("urn:pulumi:dev::proj::pulumi:providers:fixture::default_1_2_3", "5f4b6a3e-7f0e-4a52-9d53-0f0b3fbd6b51")


def urn(kind, name, package="fixture"):
    return f"urn:pulumi:dev::proj::{package}:index:{kind}::{name}"


def secret(value):
    """As `stack export --show-secrets` has it."""
    return {SIG: SECRET, "plaintext": json.dumps(value)}


class Actual:
    """What exists: the fixture's folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.rules = {"rules": []}

    def path(self, kind, name):
        return self.folder / kind / f"{name}.json"

    def put(self, kind, name, **members):
        self.path(kind, name).parent.mkdir(exist_ok=True)
        self.path(kind, name).write_text(json.dumps(members))

    def get(self, kind, name):
        return json.loads(self.path(kind, name).read_text())

    def change(self, kind, name, **members):
        self.put(kind, name, **{**self.get(kind, name), **members})

    def remove(self, kind, name):
        self.path(kind, name).unlink()

    def behave(self, call, do, **more):
        """Adds a rule."""
        self.rules["rules"].append({"call": call, "do": do, **more})
        self.save()

    def early(self, call, do, **more):
        """Adds a rule that holds from the start of the provider, before it knows its folder."""
        path = self.folder.parent / "early.json"
        rules = json.loads(path.read_text())["rules"] if path.exists() else []
        path.write_text(json.dumps({"rules": rules + [{"call": call, "do": do, **more}]}))

    def set(self, **what):
        self.rules.update(what)
        self.save()

    def save(self):
        (self.folder / "behaviour.json").write_text(json.dumps(self.rules))

    def calls(self):
        """[(pid, call, type, id)], when a log was wanted."""
        path = self.folder / "calls.log"
        return [tuple(line.split(" ")) for line in path.read_text().splitlines()] if path.exists() else []


class Checkpoint:
    """A document of `stack export`, version 3."""

    def __init__(self):
        self.resources = []
        self.root = "urn:pulumi:dev::proj::pulumi:pulumi:Stack::proj-dev"
        self.add({"urn": self.root, "custom": False, "type": "pulumi:pulumi:Stack"})
        self.provider("fixture", *PROVIDER)

    def add(self, resource):
        self.resources.append(resource)

    def provider(self, package, where, ident, inputs=None):
        has = {"version": VERSION, **(inputs or {})}
        self.add({"urn": where, "custom": True, "id": ident, "type": f"pulumi:providers:{package}", "inputs": has, "outputs": has})

    def record(self, kind, name, inputs, outputs=None, package="fixture", provider=PROVIDER, **more):
        self.add({"urn": urn(kind, name, package), "custom": True, "id": name, "type": f"{package}:index:{kind}", "inputs": inputs,
                  "outputs": inputs if outputs is None else outputs, "parent": self.root, "provider": "::".join(provider), **more})
        return urn(kind, name, package)

    def deployment(self, secrets_providers=None):
        manifest = {"time": "2026-01-02T03:04:05Z", "magic": hashlib.sha256(b"v3.258.0").hexdigest(), "version": "v3.258.0"}
        return {"version": 3, "deployment": {"manifest": manifest, "secrets_providers": secrets_providers, "resources": self.resources}}


class PulumiEndToEnd(EndToEnd):
    def setUp(self):
        super().setUp()
        self.actual = Actual(self.folder / "actual")
        self.checkpoint = Checkpoint()
        self.backend = self.folder / "backend"
        self.backend.mkdir()
        self.write("Pulumi.yaml", {"name": "proj", "runtime": "yaml", "backend": {"url": self.backend.as_uri()}})
        self.cli = Pulumi(self)

    def env(self, **more):
        """What both `drift` and the CLI run with: the fixture is found on PATH."""
        has = super().env()
        early = {"FIXTURE_BEHAVIOUR": str(self.folder / "early.json")} if (self.folder / "early.json").exists() else {}
        path = ":".join([str(support.peer("pulumi-fixture")), has.get("PATH", "")])
        return {**has, "PATH": path, "PULUMI_HOME": str(self.folder / "pulumi"), "PULUMI_BACKEND_URL": self.backend.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, "FIXTURE_FOLDER": str(self.actual.folder), **early, **more}

    def pulumi_env(self, **more):
        """What the CLI alone needs. It must not look for anything in the net."""
        quiet = {"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "NO_COLOR": "1",
                 "PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR": "true"}  # of the layout without projects
        has = self.env()
        return {**has, "PATH": str(support.peer("pulumi")) + ":" + has["PATH"], **quiet, **more}

    def both(self, kind, name, recorded=None, **members):
        """Recorded, and exists; what exists is changed by the test."""
        self.actual.put(kind, name, **members)
        return self.checkpoint.record(kind, name, members if recorded is None else recorded)

    def stack(self, **more):
        """The CLI writes the stack from the checkpoint; drift.yaml is there."""
        self.cli.create()
        # With the stack's own salt, so that the CLI encrypts what stands open in the document.
        salt = next(line.split(": ")[1] for line in (self.work / "Pulumi.dev.yaml").read_text().splitlines() if line.startswith("encryptionsalt"))
        self.cli.put(self.checkpoint.deployment({"type": "passphrase", "state": {"salt": salt}}))
        self.configure(**more)

    def up(self, resources, **more):
        """The CLI makes the stack and everything in it, by a program."""
        given = {"project": "proj", "stack": "dev", "folder": str(self.work), "backend": self.backend.as_uri(), "resources": resources, **more}
        return self.program([str(support.peer("pulumi-python") / "bin" / "python"), "-B", str(HERE / "pulumi_program.py")], given=given)

    def program(self, command, given=None, env=None):
        done = subprocess.run(command, cwd=self.work, env=self.pulumi_env(**(env or {})), capture_output=True, timeout=300, check=False,
                              input=b"" if given is None else json.dumps(given).encode())
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout.decode()[-3000:]}\n{done.stderr.decode()[-3000:]}")

    def written(self):
        """The file of the back end that the CLI wrote."""
        return self.backend / ".pulumi" / "stacks" / "proj" / "dev.json"

    def configure(self, pulumi=None, **more):
        """drift.yaml: our rules off, so that the answer is to be the CLI's."""
        self.project(**{"builtin_comparators": False, "engine_ignores": False, "state": str(self.written()), "providers": {"pulumi": pulumi or {}}, **more})

    def scan(self, *args, env=None, seconds=120, code=None):
        got = self.drift("scan", "--json", *args, env=env, seconds=seconds)
        try:
            report = got.json()
        except ValueError:
            self.fail(f"no report, exit status {got.code}\n{got.out}\n{got.err}")
        if code is not None:
            self.assertEqual(got.code, code, f"{got.out[:4000]}\n{got.err}")
        self.assert_nothing_left()
        report["exit"], report["seconds"], report["stderr"] = got.code, got.seconds, got.err
        return report

    def agree(self, code=2, **refresh):
        """Scans and refreshes; the two must say the same. Gives both."""
        theirs = self.cli.refresh(**refresh)
        report = self.scan(code=code)
        self.assertEqual(disagreements(found(report), theirs), [])
        return report, theirs


def found(report):
    """{urn: JSON pointers}, [""] for what is gone, none for what differs where nobody says; nothing that a rule took out."""
    return {f["address"]: [""] if f["verdict"] == "deleted" else [p for p in pointers(f) if p] for f in report["findings"]}
