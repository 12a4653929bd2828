"""OpenTofu as the oracle: what `tofu plan -refresh-only` calls drift, resource by resource and path by path, and how to hold libdrift's report
against it.

A path is a JSON pointer. OpenTofu gives two values; the paths are those at which they differ, cut at a list whose length changed and at a set
(whose elements have no position): what happened below is one difference there."""
import decimal
import json
import os
import subprocess

import support

MISSING = object()
EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)  # rounds nothing


class Tofu:
    """A configuration in a folder, with provider binaries instead of a registry: {address such as "hashicorp/time": folder}."""

    def __init__(self, test, overrides, env=None):
        self.test = test
        self.folder = test.work
        self.binary = str(support.peer("tofu") / "tofu")
        rc = test.folder / "tofu.rc"
        lines = "".join(f'    "{name}" = "{folder}"\n' for name, folder in overrides.items())
        rc.write_text(f"provider_installation {{\n  dev_overrides {{\n{lines}  }}\n  direct {{}}\n}}\n")
        self.env = {**test.env(**(env or {})), "TF_CLI_CONFIG_FILE": str(rc), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}

    def run(self, *args, seconds=300, codes=(0,)):
        done = subprocess.run([self.binary, *args], cwd=self.folder, env=self.env, capture_output=True, timeout=seconds, check=False,
                              stdin=subprocess.DEVNULL)
        if done.returncode not in codes:
            raise AssertionError(f"tofu {' '.join(args)}: {done.returncode}\n{done.stdout.decode()[-4000:]}\n{done.stderr.decode()[-4000:]}")
        return done.stdout.decode()

    def apply(self, *args):
        return self.run("apply", "-auto-approve", "-no-color", "-input=false", *args)

    def state(self):
        return load((self.folder / "terraform.tfstate").read_text())

    def plan(self, *args):
        """The plan document of a refresh."""
        plan = self.test.folder / "tofu.plan"
        self.run("plan", "-refresh-only", "-no-color", "-input=false", f"-out={plan}", *args)
        return load(self.run("show", "-json", str(plan)))

    def drift(self, *args):
        """{address: (verdict, paths)} as OpenTofu has it. No path at all: only what is marked as sensitive differs."""
        set_paths = sets_of(self.schemas())
        out = {}
        for change in self.plan(*args).get("resource_drift", []):
            what = change["change"]
            if what["actions"] == ["delete"]:
                out[change["address"]] = ("deleted", [""])
                continue
            paths = differing(what["before"], what["after"], set_paths.get(change["type"], set()))
            out[change["address"]] = ("changed", paths)
        return out

    def called_sensitive(self, *args):
        """{address: pointers} of what it calls sensitive in what drifted, as it is now; a null is none. (What the plan says of the state before is
        the same: it adds the marks of the schema to both.)"""
        changes = ((c["address"], c["change"]) for c in self.plan(*args).get("resource_drift", []))
        return {address: sorted(sensitive_in(what["after"], what["after_sensitive"])) for address, what in changes}

    def schemas(self):
        return json.loads(self.run("providers", "schema", "-json"))


def sensitive_in(value, marks, at=""):
    """The pointers that `marks` (true, or as far as needed the shape of the value) names in a value."""
    if value is None:
        return
    if marks is True:
        yield at
    elif isinstance(marks, (dict, list)):
        for step, below in marks.items() if isinstance(marks, dict) else enumerate(marks):
            yield from sensitive_in(value[step], below, f"{at}/{escape(step)}")


def sets_of(schemas):
    """{resource type: patterns of the paths that are sets}; a pattern is a tuple of names, with None for any index or key."""
    out = {}
    for provider in schemas["provider_schemas"].values():
        for kind, schema in provider.get("resource_schemas", {}).items():
            found = out.setdefault(kind, set())
            _sets_in_block(schema["block"], (), found)
    return out


def _sets_in_block(block, at, found):
    for name, attribute in block.get("attributes", {}).items():
        if "nested_type" in attribute:
            _nested(attribute["nested_type"], attribute["nested_type"]["nesting_mode"], at + (name,), found)
        else:
            _sets_in_type(attribute["type"], at + (name,), found)
    for name, nested in block.get("block_types", {}).items():
        _nested(nested["block"], nested["nesting_mode"], at + (name,), found)


def _nested(block, mode, at, found):
    if mode == "set":
        found.add(at)
    _sets_in_block(block, at if mode in ("single", "group") else at + (None,), found)


def _sets_in_type(kind, at, found):
    if not isinstance(kind, list):
        return
    if kind[0] == "set":
        found.add(at)
    if kind[0] in ("set", "list", "map"):
        _sets_in_type(kind[1], at + (None,), found)
    elif kind[0] == "object":
        for name, member in kind[1].items():
            _sets_in_type(member, at + (name,), found)


def _is_set(at, sets):
    return any(len(p) == len(at) and all(want is None or want == have for want, have in zip(p, at)) for p in sets)


def escape(name):
    return str(name).replace("~", "~0").replace("/", "~1")


def differing(before, after, sets=frozenset(), at=()):
    """The pointers at which two values differ."""
    if _text(before) == _text(after):
        return []
    if not _is_set(at, sets):
        if isinstance(before, dict) and isinstance(after, dict):
            out = []
            for name in sorted(set(before) | set(after)):
                out += differing(before.get(name, MISSING), after.get(name, MISSING), sets, at + (name,))
            return out
        if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            out = []
            for i, (one, other) in enumerate(zip(before, after)):
                out += differing(one, other, sets, at + (i,))
            return out
    elif isinstance(before, list) and isinstance(after, list) and sorted(map(_text, before)) == sorted(map(_text, after)):
        return []
    return ["".join("/" + escape(step) for step in at)]


def _text(value):
    """One text for each value: 1, 1.0 and 1e0 are one number, and no text is a number."""
    return json.dumps(value, sort_keys=True, default=lambda number: {"number": str(number)})


def _number(text):
    number = decimal.Decimal(text)
    whole = number.to_integral_value()
    return int(whole) if number == whole and number.adjusted() < 400 else EXACT.normalize(number)


def load(text):
    """JSON with exact numbers: int where they are whole, else Decimal."""
    return json.loads(text, parse_float=_number)


def below(path, other):
    return path == other or path.startswith(other + "/")


def disagreements(ours, theirs):
    """How libdrift's {address: pointers} and OpenTofu's {address: (verdict, pointers)} differ, as lines; none when they agree.

    Ours may be finer than theirs: an element of a list that grew, a member of a map that was null. Never coarser, never elsewhere."""
    out = []
    for address in sorted(set(ours) | set(theirs)):
        if address not in theirs:
            out.append(f"{address}: only ours: {ours[address]}")
            continue
        if not theirs[address][1]:  # marks alone: no value differs
            if address in ours:
                out.append(f"{address}: only ours: {ours[address]}, for OpenTofu only what is marked as sensitive differs")
            continue
        if address not in ours:
            out.append(f"{address}: only OpenTofu's: {theirs[address][1]}")
            continue
        verdict, paths = theirs[address]
        if verdict == "deleted":
            if ours[address] != [""]:
                out.append(f"{address}: deleted for OpenTofu, not for us: {ours[address]}")
            continue
        out += [f"{address}{path or ' as a whole'}: only OpenTofu's" for path in paths if not any(below(p, path) for p in ours[address])]
        out += [f"{address}{p or ' as a whole'}: only ours" for p in ours[address] if not any(below(p, path) for path in paths)]
    return out


def as_wholes(drift, paths):
    """OpenTofu's drift with what is below one of the paths as a difference of the path itself: a secret is compared and shown as a whole."""
    def whole(path):
        return next((p for p in paths if below(path, p)), path)

    return {address: (verdict, sorted({whole(p) for p in found})) for address, (verdict, found) in drift.items()}


def save_expected(name, drift):
    """With DRIFT_E2E_SAVE set, what OpenTofu said becomes tests/e2e/expected/NAME.json; else it has to be what stands there."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected", name + ".json")
    now = {address: {"verdict": verdict, "paths": paths} for address, (verdict, paths) in sorted(drift.items())}
    if os.environ.get("DRIFT_E2E_SAVE"):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(json.dumps(now, indent=1, sort_keys=True) + "\n")
    with open(path, encoding="utf-8") as saved:
        return json.load(saved), now
