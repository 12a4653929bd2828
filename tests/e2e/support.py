"""What the end-to-end tests share: a folder and a marker for each, programs that are started and always stopped, waiting with a deadline, what a
scan left behind, and running `drift` and reading its report.

Programs (kube-apiserver, etcd, OpenTofu, drift itself) run with a marker in their environment, which their children inherit: so what is left is
found in /proc, whoever started it."""
import ctypes
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

DRIFT = ""
PEERS = None  # the cache folder that peers/build.sh fills
MARKER = "DRIFT_E2E_MARK"
CANARY = "canary-7f3a91-never-shown"
PLATFORM = "linux_" + {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())  # in the layout of provider folders


def peer(name):
    """The folder of one peer."""
    folder = PEERS / name
    if not folder.is_dir():
        raise AssertionError(f"{name} is not built: run tests/e2e/peers/build.sh {name}")
    return folder.resolve()


def provider_binary(name):
    return str(peer(name) / f"terraform-provider-{name}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, seconds, ready):
    """Asks `ready` until it says something true; fails with `what` after that many seconds."""
    end = time.monotonic() + seconds
    while True:
        answer = ready()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def marked(mark):
    """The processes that carry the mark: {pid: name}. A zombie has no environment left and is none."""
    out = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if f"{MARKER}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                out[int(entry.name)] = (entry / "comm").read_text().strip()
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            pass
    return out


def watchers(folder):
    """The watchers of providers whose sockets lie below the folder. They have nothing of the host, not even the mark."""
    out = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
        if b"drift-watcher" in command and any(word.startswith(f"{folder}/".encode()) for word in command):
            out.append(int(entry.name))
    return out


def listening_below(folder):
    """Unix sockets that somebody still holds open below the folder."""
    lines = pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]
    return sorted(line.split()[-1] for line in lines if line.split()[-1].startswith(str(folder) + "/"))


def end_with_parent():
    """For a child: a test that is killed takes its servers along."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Program:
    """A server of the test: its output goes to a file that is shown when it does not get ready."""

    def __init__(self, test, name, command, env=None, cwd=None):
        self.name = name
        self.log = test.folder / f"{name}.log"
        with open(self.log, "wb") as log:
            # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env, cwd=cwd, start_new_session=True,
                                            preexec_fn=end_with_parent)
        test.addCleanup(self.stop)

    def wait(self, seconds, ready):
        def check():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
            return ready()

        try:
            return wait_for(f"{self.name} is ready", seconds, check)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class Outcome:
    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out.decode(), err.decode(), seconds

    def json(self):
        return json.loads(self.out)


class EndToEnd(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.mark = uuid.uuid4().hex
        # Short, because the path of a socket has room for 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="de2e"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.kill_what_is_left)
        self.temp = self.folder / "t"
        self.temp.mkdir()
        self.work = self.folder / "w"
        self.work.mkdir()

    def tearDown(self):
        self.assert_nothing_left()

    def env(self, **more):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH") or k.endswith("SAN_OPTIONS")}
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TMPDIR": str(self.temp), "LC_ALL": "C.UTF-8", "TERM": "xterm",
                "COLUMNS": "120", MARKER: self.mark, **more}

    def write(self, name, what):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(what if isinstance(what, str) else json.dumps(what, indent=1))
        return path

    def project(self, **what):
        """drift.yaml; JSON is YAML."""
        self.write("drift.yaml", {"version": 1, **what})

    def start_drift(self, *args, env=None):
        # pylint: disable=consider-using-with
        process = subprocess.Popen([DRIFT, *args], cwd=self.work, env=self.env(**(env or {})), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def drift(self, *args, env=None, seconds=120):
        began = time.monotonic()
        process = self.start_drift(*args, env=env)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"drift {' '.join(args)} takes longer than {seconds} s\n{out.decode()[-2000:]}\n{err.decode()[-2000:]}")
        got = Outcome(process.returncode, out, err, time.monotonic() - began)
        self.assertGreaterEqual(got.code, 0, f"drift {args} died by signal {-got.code}: {got.err}")
        self.assertNotIn(CANARY, got.out + got.err, "a secret was shown")
        return got

    def scan(self, *args, env=None, seconds=120, code=None):
        """The report of a scan; nothing may be left behind by it."""
        got = self.drift("scan", "--state", "terraform.tfstate", "--json", *args, env=env, seconds=seconds)
        try:
            report = got.json()
        except ValueError:
            self.fail(f"no report, exit status {got.code}\n{got.out}\n{got.err}")
        if code is not None:
            self.assertEqual(got.code, code, f"{got.out[:4000]}\n{got.err}")
        self.assert_nothing_left()
        report["exit"], report["seconds"], report["stderr"] = got.code, got.seconds, got.err
        return report

    def assert_nothing_left(self):
        """No process, socket or file of a scan."""
        wait_for(f"no process is left ({marked(self.mark)}, {watchers(self.temp)})", 5, lambda: not marked(self.mark) and not watchers(self.temp))
        self.assertEqual(listening_below(self.temp), [])
        self.assertEqual(sorted(str(p.relative_to(self.temp)) for p in self.temp.rglob("*")), [], "files are left in the temporary folder")
        for path in (self.folder / "home").rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY.encode(), path.read_bytes(), f"a secret is in {path}")

    def kill_what_is_left(self):
        """After a test that failed: nothing of it may go on."""
        for pid in marked(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def verdicts(report):
    """{address: verdict} of what drifted."""
    return {f["address"]: f["verdict"] for f in report["findings"]}


def error_codes(report):
    return {e.get("address", ""): e["code"] for e in report["errors"]}


def pointers(entry):
    return sorted({c["pointer"] for c in entry["changes"]})


def changes(report, suppressed=True):
    """{address: the JSON pointers of every difference in a value}, those that a rule took out included."""
    out = {}
    for entry in report["findings"] + (report["suppressed"] if suppressed else []):
        values = [c["pointer"] for c in entry["changes"] if c.get("class") != "sensitivity_only"]
        out.setdefault(entry["address"], set()).update([""] if entry["verdict"] == "deleted" else values)
    return {address: sorted(paths) for address, paths in out.items() if paths}


def main():
    global DRIFT, PEERS
    shared = sys.modules["support"]  # under its own name, also when a test is the program
    shared.DRIFT = DRIFT = str(pathlib.Path(sys.argv.pop(1)).resolve())
    shared.PEERS = PEERS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(module="__main__", verbosity=2)
