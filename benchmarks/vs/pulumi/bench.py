#!/usr/bin/env python3
"""A scan of a Pulumi stack against `pulumi refresh --preview-only`: the same stack, the same plugin binary, the same round; wall, CPU and peak memory of
the host process alone, not of the plugin. Then with a latency, where the time should be N x latency / concurrency. Medians of paired rounds, the
least and the most in brackets.

bench.py --drift DRIFT --peers FOLDER [--quick]. Ends with status 1 when a count is wrong; the wanted ratios are printed, not enforced."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "terraform"), str(HERE)]  # that benchmark is called bench, too: it has to come first
# pylint: disable=wrong-import-position,import-self
from bench import Run, med, ratio  # noqa: E402
from pulumi_stack import generate  # noqa: E402


class Bench:
    def __init__(self, args):
        self.args = args
        self.wrong = 0

    def program(self, name, file):
        path = self.args.peers / name / file
        if not path.exists():
            sys.exit(f"{path} is not there: run tests/e2e/peers/build.sh {name}")
        return path.resolve()

    def expect(self, what, got, wanted):
        if got != wanted:
            print(f"WRONG: {what} is {got}, not {wanted}")
            self.wrong = 1

    def env(self, folder):
        path = [self.program("pulumi-fixture", "pulumi-resource-fixture").parent, self.program("pulumi", "pulumi").parent, os.environ["PATH"]]
        return {"PATH": ":".join(map(str, path)), "HOME": str(folder), "TMPDIR": str(folder / "t"), "XDG_CACHE_HOME": str(folder / "cache"),
                "PULUMI_HOME": str(folder / "pulumi"), "PULUMI_BACKEND_URL": (folder / "backend").as_uri(), "PULUMI_CONFIG_PASSPHRASE": "x",
                "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "NO_COLOR": "1",
                "FIXTURE_FOLDER": str(folder / "actual")}

    def stack(self, folder, count, parallel):
        """The stack in a back end of its own, written by the CLI, and what was changed."""
        for name in ("t", "backend"):
            (folder / name).mkdir()
        changed = generate(folder, count)
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": "proj", "runtime": "yaml"}))
        (folder / "drift.yaml").write_text(json.dumps({"version": 1, "parallel": parallel, "stack": "proj/dev", "providers": {"pulumi": {"parallel": parallel}}}))
        env = self.env(folder)
        pulumi = str(self.program("pulumi", "pulumi"))
        subprocess.run([pulumi, "stack", "init", "dev", "--non-interactive", "--secrets-provider=passphrase"], cwd=folder, env=env, check=True, capture_output=True)
        subprocess.run([pulumi, "stack", "import", "--stack", "dev", "--file", "deployment.json"], cwd=folder, env=env, check=True, capture_output=True)
        return env, changed

    def drift(self, folder, count, changed, env):
        run = Run([self.args.drift, "scan", "--json"], folder, env, (2,) if changed else (0,))
        report = json.loads(run.out)
        self.expect("the number of resources read", report["summary"]["checked"], count)
        self.expect("what drifted", sorted(f["address"] for f in report["findings"]), sorted(changed))
        return run

    def pulumi(self, folder, count, changed, env, parallel):
        run = Run([str(self.program("pulumi", "pulumi")), "refresh", "--preview-only", "--non-interactive", "--stack", "dev", f"--parallel={parallel}"],
                  folder, env, (0,))
        found = re.search(r"~ (\d+) to update", run.out)
        self.expect("the number of updates that Pulumi sees", int(found.group(1)) if found else 0, len(changed))
        same = re.search(r"(\d+) unchanged", run.out)
        self.expect("the number of resources that Pulumi leaves", int(same.group(1)) if same else 0, count - len(changed) + 1)
        return run

    def rival(self, count, rounds, parallel=16):
        with tempfile.TemporaryDirectory(prefix="pub") as temp:
            folder = pathlib.Path(temp)
            env, changed = self.stack(folder, count, parallel)
            rows = []
            for number in range(rounds):
                order = [("drift", lambda: self.drift(folder, count, changed, env)), ("pulumi", lambda: self.pulumi(folder, count, changed, env, parallel))]
                if self.args.without_drift:
                    order.pop(0)
                rows.append({name: run() for name, run in (order if number % 2 else order[::-1])})
                print("  round", number + 1, " ".join(f"{n}: {r.wall:.2f} s wall, {r.cpu:.2f} s cpu, {r.peak / 1024:.0f} MB;" for n, r in rows[-1].items()))
        print(f"fixture provider, {count:,} resources, {len(changed)} of them changed, {parallel} at a time, {rounds} rounds")
        for name in rows[0]:
            print(f"  {name:6} wall {med(rows, name, 'wall'):7.2f} s   host CPU {med(rows, name, 'cpu'):7.2f} s   host peak "
                  f"{med(rows, name, 'peak') / 1024:7.1f} MB")
        if not self.args.without_drift:
            ratio(rows, "Pulumi's wall over ours", "pulumi", "drift", "wall", "at least 2.5")
            ratio(rows, "Pulumi's host CPU over ours", "pulumi", "drift", "cpu", "at least 10")
            ratio(rows, "our host memory over Pulumi's", "drift", "pulumi", "peak", "at most 0.125")

    def latency(self, count, concurrency, rounds, ms=50):
        ideal = count * ms / 1000 / concurrency
        walls = {}
        with tempfile.TemporaryDirectory(prefix="pub") as temp:
            folder = pathlib.Path(temp)
            env, changed = self.stack(folder, count, concurrency)
            (folder / "actual" / "behaviour.json").write_text(json.dumps({"latency_ms": ms}))
            for _ in range(rounds):
                if not self.args.without_drift:
                    walls.setdefault("drift", []).append(self.drift(folder, count, changed, env).wall)
                walls.setdefault("pulumi", []).append(self.pulumi(folder, count, changed, env, concurrency).wall)
        print(f"fixture provider, {count:,} resources with {ms} ms each, {concurrency} at a time, {rounds} rounds; {ideal:.2f} s by arithmetic")
        for name, all_of in walls.items():
            print(f"  {name:6} wall {statistics.median(all_of):7.2f} s   {statistics.median(all_of) / ideal:.3f} of it "
                  f"[{min(all_of) / ideal:.3f}..{max(all_of) / ideal:.3f}]  (wanted: at most 1.1)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drift", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("--peers", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the resources, fewer rounds")
    parser.add_argument("--without-drift", action="store_true", help="the rival alone")
    args = parser.parse_args()
    if not args.drift and not args.without_drift:
        parser.error("--drift is wanted")
    bench = Bench(args)
    bench.rival(1000 if args.quick else 10000, 2 if args.quick else 5)
    bench.latency(400 if args.quick else 2000, 20, 2 if args.quick else 3)
    sys.exit(bench.wrong)


if __name__ == "__main__":
    main()
