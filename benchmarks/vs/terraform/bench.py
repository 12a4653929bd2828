#!/usr/bin/env python3
"""Scans through provider programs, against `tofu plan -refresh-only` and against a bare client, on the same state with the same binary in the
same round: wall, CPU and peak memory of the host process alone, not of the provider. Then the fixture provider with a latency, where the time
should be N x latency / concurrency. Medians of paired rounds, the least and the most in brackets.

bench.py --drift DRIFT --peers FOLDER [--quick]. Ends with status 1 when a count is wrong; the wanted ratios are printed, not enforced."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "tests" / "e2e")]
# pylint: disable=wrong-import-position
from fixture import Fixture  # noqa: E402
from generate import time_state  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


class Run:
    """One program: its wall time, and CPU and peak memory of it alone, without its children."""

    def __init__(self, command, folder, env, codes):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            # pylint: disable=consider-using-with
            process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            self.peak = 0
            done = threading.Event()
            watch = threading.Thread(target=self.watch, args=(process.pid, done))
            watch.start()
            # Ended, but not reaped: what it used without its children can still be read.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            self.wall = time.monotonic() - began
            done.set()
            watch.join()
            stat = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            self.cpu = (int(stat[11]) + int(stat[12])) / TICKS
            code = process.wait()
            out.seek(0)
            err.seek(0)
            self.out = out.read().decode(errors="replace")
            if code not in codes:
                sys.exit(f"{command[0]} ended with {code}\n{self.out[-2000:]}\n{err.read().decode(errors='replace')[-2000:]}")

    def watch(self, pid, done):
        """The high-water mark is gone when the process is, so it is looked at all along."""
        while not done.wait(0.01):
            try:
                for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self.peak = int(line.split()[1])
            except OSError:
                return


class Bench:
    def __init__(self, args):
        self.args = args
        self.wrong = 0

    def program(self, name, file):
        path = self.args.peers / name / file
        if not path.exists():
            sys.exit(f"{path} is not there: run tests/e2e/peers/build.sh {name}")
        return str(path.resolve())

    def env(self, folder, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder / "t"), **more}

    def expect(self, what, got, wanted):
        if got != wanted:
            print(f"WRONG: {what} is {got}, not {wanted}")
            self.wrong = 1

    def drift(self, folder, count, env):
        run = Run([self.args.drift, "scan", "--state", "terraform.tfstate", "--json"], folder, env, (0,))
        report = json.loads(run.out)
        self.expect("the number of resources read", report["summary"]["checked"], count)
        self.expect("the number of findings", len(report["findings"]), 0)
        return run

    def tofu(self, folder, env):
        rc = folder / "tofu.rc"
        time_folder = pathlib.Path(self.program("time", "terraform-provider-time")).parent
        rc.write_text(f'provider_installation {{\n  dev_overrides {{\n    "hashicorp/time" = "{time_folder}"\n  }}\n  direct {{}}\n}}\n')
        run = Run([self.program("tofu", "tofu"), "plan", "-refresh-only", "-no-color", "-input=false"], folder,
                  {**env, "TF_CLI_CONFIG_FILE": str(rc), "CHECKPOINT_DISABLE": "1"}, (0,))
        self.expect("OpenTofu's answer", "found no differences" in run.out, True)
        return run

    def bare(self, folder, count, env, *more):
        run = Run([self.program("bare", "bare"), "--provider", self.program("time", "terraform-provider-time"), "--state", "terraform.tfstate", *more],
                  folder, env, (0,))
        self.expect("the bare client's answer", run.out.startswith(f"{count} resources in "), True)
        return run

    def rival(self, count, rounds):
        with tempfile.TemporaryDirectory(prefix="tfb") as temp:
            folder = pathlib.Path(temp)
            (folder / "t").mkdir()
            time_state(folder, count)
            (folder / "drift.yaml").write_text(json.dumps({"version": 1, "parallel": 10, "providers": {
                "time": {"binary": self.program("time", "terraform-provider-time"), "parallel": 10}}}))
            env = self.env(folder)
            rows = []
            for number in range(rounds):
                order = [("drift", lambda: self.drift(folder, count, env)), ("tofu", lambda: self.tofu(folder, env)),
                         ("bare", lambda: self.bare(folder, count, env))]
                if self.args.without_drift:
                    order.pop(0)
                rows.append({name: run() for name, run in (order if number % 2 else order[::-1])})
                print("  round", number + 1, " ".join(f"{n}: {r.wall:.2f} s wall, {r.cpu:.2f} s cpu, {r.peak / 1024:.0f} MB;" for n, r in rows[-1].items()))
            print(f"time provider, {count:,} resources, 10 at a time, {rounds} rounds")
            for name in rows[0]:
                print(f"  {name:6} wall {med(rows, name, 'wall'):7.2f} s   host CPU {med(rows, name, 'cpu'):7.2f} s   host peak "
                      f"{med(rows, name, 'peak') / 1024:7.1f} MB")
            if not self.args.without_drift:
                ratio(rows, "OpenTofu's wall over ours", "tofu", "drift", "wall", "at least 4")
                ratio(rows, "OpenTofu's host CPU over ours", "tofu", "drift", "cpu", "at least 5")
                ratio(rows, "our host memory over OpenTofu's", "drift", "tofu", "peak", "at most 0.125")
                ratio(rows, "our wall over the bare client's", "drift", "bare", "wall", "at most 1.3")

    def latency(self, count, concurrency, rounds, ms=50):
        ideal = count * ms / 1000 / concurrency
        with tempfile.TemporaryDirectory(prefix="tfb") as temp:
            folder = pathlib.Path(temp)
            (folder / "t").mkdir()
            made = Fixture(folder / "actual")
            made.many(count)
            made.behave(latency_ms=ms)
            (folder / "terraform.tfstate").write_text(json.dumps(made.state()))
            binary = self.program("fixture", "terraform-provider-fixture")
            (folder / "drift.yaml").write_text(json.dumps({"version": 1, "parallel": concurrency, "providers": {
                "fixture": {"binary": binary, "parallel": concurrency, "config": {"folder": str(made.folder)}}}}))
            env = self.env(folder)
            walls = {}
            for _ in range(rounds):
                if not self.args.without_drift:
                    walls.setdefault("drift", []).append(self.drift(folder, count, env).wall)
                # folder and token null, no endpoint: the folder comes from the environment.
                walls.setdefault("bare", []).append(self.bare_fixture(folder, count, {**env, "FIXTURE_FOLDER": str(made.folder)}, binary, concurrency))
        print(f"fixture provider, {count:,} resources with {ms} ms each, {concurrency} at a time, {rounds} rounds; {ideal:.2f} s by arithmetic")
        for name, all_of in walls.items():
            print(f"  {name:6} wall {statistics.median(all_of):7.2f} s   {statistics.median(all_of) / ideal:.3f} of it "
                  f"[{min(all_of) / ideal:.3f}..{max(all_of) / ideal:.3f}]  (wanted: at most 1.1)")

    def bare_fixture(self, folder, count, env, binary, concurrency):
        config = bytes([0x83]) + b"".join(bytes([0xA0 + len(k)]) + k.encode() + v for k, v in (("folder", b"\xc0"), ("token", b"\xc0"), ("endpoint", b"\x90")))
        run = Run([self.program("bare", "bare"), "--provider", binary, "--state", "terraform.tfstate", "--parallel", str(concurrency),
                   "--config", config.hex()], folder, env, (0,))
        self.expect("the bare client's answer", run.out.startswith(f"{count} resources in "), True)
        return run.wall


def med(rows, name, what):
    return statistics.median(getattr(row[name], what) for row in rows)


def ratio(rows, text, one, other, what, wanted):
    ratios = [getattr(row[one], what) / max(getattr(row[other], what), 0.01) for row in rows]
    print(f"  {text}: {statistics.median(ratios):.2f} [{min(ratios):.2f}..{max(ratios):.2f}]  (wanted: {wanted})")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drift", required=True, type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("--peers", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the resources, fewer rounds")
    parser.add_argument("--without-drift", action="store_true", help="the rivals alone")
    args = parser.parse_args()
    bench = Bench(args)
    bench.rival(1000 if args.quick else 10000, 2 if args.quick else 5)
    for concurrency in (10, 20):  # Terraform's own number and ours, and twice that
        bench.latency(20 * concurrency if args.quick else 100 * concurrency, concurrency, 2 if args.quick else 3)
    sys.exit(bench.wrong)


if __name__ == "__main__":
    main()
