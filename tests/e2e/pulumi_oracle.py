"""The Pulumi CLI as the oracle: what `pulumi refresh --preview-only --json` calls drift, resource by resource and property path by property path.

By default `--json` gives one document at the end, in which an update without a detailed diff still looks like a refresh that found nothing; with
PULUMI_ENABLE_STREAMING_JSON_PREVIEW it gives the engine's events, which say what came of each resource. `document()` is the former."""
import dataclasses
import json
import re
import subprocess

import support
from oracle import escape

REFRESH = ("refresh", "--preview-only", "--json", "--non-interactive")


@dataclasses.dataclass
class Refresh:
    """What came of a refresh."""
    drifted: dict  # {urn: (verdict, {JSON pointer: kind})}; no path at all: the provider names none
    members: dict  # {urn: names of the members at the top that differ}, where the provider gave these
    same: set
    failed: dict  # {urn, or "" for the whole run: message}
    warnings: dict  # {urn: [message]}
    code: int


class Pulumi:
    """The CLI with a file back end of the test's own, in the folder of a project."""

    def __init__(self, test, stack="dev"):
        self.test = test
        self.stack = stack
        self.binary = str(support.peer("pulumi") / "pulumi")

    def run(self, *args, seconds=300, codes=(0,), env=None, given=None):
        done = subprocess.run([self.binary, *args], cwd=self.test.work, env=self.test.pulumi_env(**(env or {})), capture_output=True, timeout=seconds,
                              check=False, input=b"" if given is None else json.dumps(given).encode())
        if done.returncode not in codes:
            raise AssertionError(f"pulumi {' '.join(args)}: {done.returncode}\n{done.stdout.decode()[-4000:]}\n{done.stderr.decode()[-4000:]}")
        done.text = done.stdout.decode()
        return done

    def create(self, secrets_provider="passphrase"):
        self.run("stack", "init", self.stack, "--non-interactive", f"--secrets-provider={secrets_provider}")

    def put(self, deployment):
        """Lets the CLI write a stack from a document of `stack export`."""
        self.run("stack", "import", "--stack", self.stack, given=deployment)

    def export(self, *more):
        return json.loads(self.run("stack", "export", "--stack", self.stack, *more).text)

    def document(self, *more, codes=(0,)):
        return json.loads(self.run(*REFRESH, "--stack", self.stack, *more, codes=codes).text)

    def refresh(self, *more, env=None, codes=(0,)):
        done = self.run(*REFRESH, "--stack", self.stack, *more, codes=codes, env={"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true", **(env or {})})
        events = [json.loads(line) for line in done.text.splitlines() if line.startswith("{")]
        return read_events(events, done.returncode)


def read_events(events, code=0):
    out = Refresh({}, {}, set(), {}, {}, code)
    for event in events:
        if "resOutputsEvent" in event:
            _outcome(event["resOutputsEvent"]["metadata"], out)
        elif "diagnosticEvent" in event:
            said = event["diagnosticEvent"]
            text = re.sub(r"<\{%.*?%\}>", "", said.get("prefix", "") + said["message"])
            if said["severity"] == "error":
                out.failed[said.get("urn", "")] = text
            elif said["severity"] == "warning":
                out.warnings.setdefault(said.get("urn", ""), []).append(text)
    return out


def _outcome(metadata, out):
    urn = metadata["urn"]
    if metadata["op"] == "delete":
        out.drifted[urn] = ("deleted", {})
    elif metadata["op"] == "update":
        out.drifted[urn] = ("changed", {pointer(path): diff["diffKind"] for path, diff in (metadata.get("detailedDiff") or {}).items()})
        out.members[urn] = sorted(metadata.get("diffs") or [])
    elif metadata["op"] in ("same", "refresh"):
        out.same.add(urn)
    else:
        raise AssertionError(f"a refresh says {metadata['op']} of {urn}")


STEP = re.compile(r'\.?([A-Za-z_$][A-Za-z0-9_$-]*)|\[(\d+)\]|\["((?:\\"|[^"])*)"\]')


def pointer(path):
    """A Pulumi property path, a.b[0]["c d"], as a JSON pointer; what a provider names that is none, as one key."""
    out, at = "", 0
    while at < len(path):
        step = STEP.match(path, at)
        if step is None:
            return "/" + escape(path)
        name, index, quoted = step.groups()
        out += "/" + (index if index is not None else escape(name if name is not None else quoted.replace('\\"', '"')))
        at = step.end()
    return out


def disagreements(ours, theirs):
    """How {urn: pointers} of ours ([""]: deleted) and the CLI's drift differ, as lines; none when they agree. A resource for which the provider
    names no path has to have some difference in ours; whose members it names, in these and in no other."""
    out = [f"only libdrift says {urn} drifted: {paths}" for urn, paths in sorted(ours.items()) if urn not in theirs.drifted]
    for urn, (verdict, paths) in sorted(theirs.drifted.items()):
        mine = ours.get(urn)
        if mine is None:
            out.append(f"only Pulumi says {urn} drifted: {verdict} {sorted(paths)}")
        elif (verdict == "deleted") != (mine == [""]):
            out.append(f"{urn}: Pulumi says {verdict}, libdrift {mine}")
        elif verdict == "changed" and paths and set(mine) != set(paths):
            out.append(f"{urn}: libdrift {sorted(mine)}, Pulumi {sorted(paths)}")
        elif verdict == "changed" and not paths and theirs.members.get(urn):
            named = {"/" + escape(name) for name in theirs.members[urn]}
            if {"/" + p.split("/")[1] for p in mine if p} != named:
                out.append(f"{urn}: libdrift {sorted(mine)}, Pulumi names {sorted(named)}")
    return out
