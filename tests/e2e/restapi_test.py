#!/usr/bin/env python3
"""The restapi provider (SDKv2, protocol 5) against an HTTP server of the test's own that misbehaves resource by resource: only a 404 is a deletion."""
import http.server
import json
import socket
import threading
import time

import support
from oracle import Tofu, disagreements, save_expected
from support import CANARY, EndToEnd, changes, error_codes, verdicts


class Server(http.server.ThreadingHTTPServer):
    """/api/objects/ID; what goes wrong with one of them is in `faults`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        self.objects, self.faults, self.seen = {}, {}, {}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    def start(self, test):
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()

        def stop():
            self.stopping.set()
            self.shutdown()
            self.server_close()
            thread.join(10)

        test.addCleanup(stop)
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is part of the test


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass

    def answer(self, status, body=None, headers=()):
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")

    def do_GET(self):
        server, ident = self.server, self.path.rsplit("/", 1)[1]
        with server.lock:
            fault = server.faults.get(ident)
            server.seen[ident] = server.seen.get(ident, 0) + 1
            seen = server.seen[ident]
            what = server.objects.get(ident)
        if fault == "slow":
            time.sleep(1)
        elif fault == "hangs":
            server.stopping.wait(60)
        elif fault == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        elif fault == "cut-body":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n\r\n{"id":')
            self.close_connection = True
            return
        elif fault == "throttled-once" and seen == 1:
            self.answer(429, {"error": "slow down"}, [("Retry-After", "1")])
            return
        elif isinstance(fault, int):
            self.answer(fault, {"error": f"told to answer {fault}"}, [("Retry-After", "1")] if fault == 429 else [])
            return
        if what is None:
            self.answer(404, {"error": "no such object"})
        else:
            self.answer(200, what)

    def do_POST(self):
        what = self.body()
        with self.server.lock:
            self.server.objects[what["id"]] = what
        self.answer(201, what)

    def do_PUT(self):
        what = self.body()
        with self.server.lock:
            self.server.objects[self.path.rsplit("/", 1)[1]] = what
        self.answer(200, what)


STATE_PROVIDER = 'provider["registry.opentofu.org/mastercard/restapi"]'


class RestApi(EndToEnd):
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.url = self.server.start(self)
        self.settings = {}

    def configure(self, **more):
        config = {"uri": self.url, "write_returns_object": True, "headers": {"X-Token": "${env:API_TOKEN}"}}
        self.project(providers={"restapi": {"config": config, "binary": support.provider_binary("restapi")}}, **self.settings, **more)

    def report(self, code=None, **more):
        self.configure()
        return self.scan(code=code, env={"API_TOKEN": CANARY}, **more)

    def tofu(self, resources):
        """Applied by OpenTofu, so that the state is what the provider makes of it."""
        tofu = Tofu(self, {"mastercard/restapi": support.peer("restapi")})
        self.write("main.tf", f'''
terraform {{
  required_providers {{
    restapi = {{ source = "mastercard/restapi" }}
  }}
}}
provider "restapi" {{
  uri                  = "{self.url}"
  write_returns_object = true
}}
''' + "".join(f'''
resource "restapi_object" "{name}" {{
  path = "/api/objects"
  data = jsonencode({json.dumps({"id": name, **data})})
}}
''' for name, data in resources.items()))
        tofu.apply()
        return tofu

    def production(self):
        names = ["same", "edited", "nested", "added", "removed", "gone", "refused", "broken", "cut", "torn", "slow", "throttled", "later", "forbidden"]
        return self.tofu({name: {"size": 1, "tags": {"a": "b"}, "list": [1, 2], "text": "t"} for name in names})

    def misbehave(self, faults=True):
        objects = self.server.objects
        objects["edited"] = {**objects["edited"], "size": 2, "text": "u"}
        objects["nested"] = {**objects["nested"], "tags": {"a": "c"}, "list": [1, 2, 3]}
        objects["added"] = {**objects["added"], "new": True}
        objects["removed"] = {k: v for k, v in objects["removed"].items() if k != "text"}
        del objects["gone"]
        self.server.seen.clear()
        if faults:
            self.server.faults = {"refused": 401, "forbidden": 403, "broken": 500, "cut": "cut", "torn": "cut-body", "slow": "slow", "throttled": 429,
                                  "later": "throttled-once"}

    # Retry-After is between the provider and its server, as is every retry: what we see is what it makes of it.
    def test_only_a_404_is_a_deletion(self):
        self.production()
        self.misbehave()
        report = self.report(2, seconds=240)
        found = verdicts(report)
        self.assertEqual({a for a, v in found.items() if v == "deleted"}, {"restapi_object.gone"})
        unreadable = {f"restapi_object.{n}" for n in ("refused", "forbidden", "broken", "cut", "torn", "throttled")}
        self.assertEqual(set(error_codes(report)) - {""}, unreadable)
        self.assertFalse(report["complete"])
        self.assertEqual({a for a, v in found.items() if v == "changed"}, {f"restapi_object.{n}" for n in ("edited", "nested", "added", "removed")})
        paths = changes(report)
        self.assertIn("/api_data/size", paths["restapi_object.edited"])
        self.assertIn("/api_data/text", paths["restapi_object.edited"])
        self.assertIn("/api_data/new", paths["restapi_object.added"])
        self.assertIn("/api_data/text", paths["restapi_object.removed"])

    def test_as_opentofu_sees_it(self):
        # Of what cannot be read there is nothing to hold against it: a fault ends its plan.
        tofu = self.production()
        self.misbehave(faults=False)
        theirs = tofu.drift()
        saved, now = save_expected("restapi", theirs)
        self.assertEqual(saved, now, "OpenTofu says something else than it did")
        self.configure(builtin_comparators=False, engine_ignores=False)
        self.assertEqual(disagreements(changes(self.scan(env={"API_TOKEN": CANARY})), theirs), [])

    def test_slower_than_allowed_is_no_deletion(self):
        self.tofu({name: {"size": 1} for name in ("a", "b", "c")})
        self.server.faults = {"b": "hangs"}
        self.settings["read_timeout"] = "8s"
        report = self.report(3)
        self.assertEqual(report["findings"], [])
        self.assertEqual(error_codes(report), {"restapi_object.b": "E_READ_TIMEOUT"})

    def test_the_server_is_gone(self):
        self.tofu({name: {"size": 1} for name in ("a", "b", "c", "d")})
        self.server.faults = {name: "cut" for name in ("a", "b", "c", "d")}
        report = self.report(3, seconds=240)
        self.assertEqual(report["findings"], [])
        self.assertEqual(len(error_codes(report)), 4)

    def test_everything_answers_404_at_once(self):
        self.tofu({f"n{i}": {"size": 1} for i in range(12)})
        self.server.objects.clear()
        report = self.report(3)
        self.assertEqual(report["findings"], [])
        self.assertIn("E_MASS_DELETION", {e["code"] for e in report["errors"]})

    def test_5000_objects(self):
        tofu = self.tofu({"o00000": {"size": 0, "text": "t"}})
        state = tofu.state()
        [first] = state["resources"]
        text = json.dumps(first)
        state["resources"] = []
        for i in range(5000):
            name = f"o{i:05d}"
            self.server.objects[name] = {"id": name, "size": 0, "text": "t"}
            state["resources"].append(json.loads(text.replace("o00000", name)))
        self.write("terraform.tfstate", state)
        for i in (17, 1700, 4999):
            self.server.objects[f"o{i:05d}"]["size"] = 5
        del self.server.objects["o02500"]
        report = self.report(2, seconds=300)
        self.assertEqual(report["summary"]["checked"], 5000)
        self.assertTrue(report["complete"])
        self.assertEqual(verdicts(report), {**{f"restapi_object.o{i:05d}": "changed" for i in (17, 1700, 4999)}, "restapi_object.o02500": "deleted"})
        # This provider asks twice in each read; a retry is the exception.
        self.assertLess(sum(self.server.seen.values()), 2 * 5000 + 200)


if __name__ == "__main__":
    support.main()
