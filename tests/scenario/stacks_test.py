"""Pulumi stacks where they live: a folder, a service, compressed or not; and their secrets, which nothing ever shows or writes."""
import base64
import gzip
import http.server
import json
import threading

from support import Scenario, main

URN = "urn:pulumi:dev::shop::acme:index:Queue::orders"
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
PASSPHRASE = "correct horse"
# Made with Python's hashlib and cryptography, as pulumi makes them.
SALT = "v1:AQIDBAUGBwg=:v1:FBUWFxgZGhscHR4f:dueW8hi1TxhXmBhu4ZvxfUqv3/bOcg=="
CIPHERTEXT = "v1:AQEBAQEBAQEBAQEB:QXllAj/l2eujtC4dPi+TsJ3XxZPVG435utvO/qwnpA=="
CANARY = "s3cr3t-canary"
# In whatever form it could come out: as it is, in base64 at each of its three places.
NEEDLES = [CANARY, PASSPHRASE, "token-canary"] + [base64.b64encode(b"x" * i + CANARY.encode()).decode()[4:-4] for i in range(3)]


def sealed(ciphertext=CIPHERTEXT):
    return {SIGNATURE: SECRET, "ciphertext": ciphertext}


def opened(value=CANARY):
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def deployment(password, provider=None, days=14):
    outputs = {"days": days, "password": password}
    return {"manifest": {"version": "v3.258.0"}, "secrets_providers": provider or {"type": "passphrase", "state": {"salt": SALT}},
            "resources": [{"urn": URN, "custom": True, "type": "acme:index:Queue", "id": "q-1", "inputs": outputs, "outputs": outputs}]}


def checkpoint(password=None, **more):
    return json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": deployment(password or sealed(), **more)}})


def export(password, **more):
    return json.dumps({"version": 3, "deployment": deployment(password, **more)})


class Stacks(Scenario):
    def quiet(self, code, *args, **more):
        """As check(), and nothing that was said or written has the secret in it."""
        got = self.check(code, *args, **more)
        for needle in NEEDLES:
            self.assertNotIn(needle, got.out + got.err, args)
        return got

    def no_file_has_it(self, *given):
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name not in given:
                for needle in NEEDLES:
                    self.assertNotIn(needle.encode(), path.read_bytes(), path)

    def backend(self, text=None, name="shop/dev.json"):
        self.write("backend/.pulumi/meta.yaml", "version: 1\n")
        self.write(f"backend/.pulumi/stacks/{name}", text or checkpoint())
        return {"PULUMI_BACKEND_URL": f"file://{self.folder}/backend", "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}

    def test_a_stack_of_files_whatever_it_is_packed_in(self):
        self.write("actual.json", export(opened()))
        for name, text in (("shop/dev.json", checkpoint()), ("shop/dev.json.gz", gzip.compress(checkpoint().encode()))):
            with self.subTest(name):
                where = self.backend(text, name)
                for stack in ("shop/dev", "organization/shop/dev"):
                    report = self.quiet(0, "scan", "--stack", stack, "--actual", "actual.json", "--json", **where).json()
                    self.assertEqual(report["summary"]["checked"], 1)
                    self.assertEqual(report["notes"], [])

    def test_the_same_secret_under_another_ciphertext_is_no_drift_and_another_secret_is(self):
        where = self.backend()
        self.write("same.json", export(opened()))
        self.write("other.json", export(opened(CANARY + "-2")))
        self.quiet(0, "scan", "--stack", "shop/dev", "--actual", "same.json", **where)
        for options in ((), ("--json",), ("--show-suppressed",)):
            got = self.quiet(2, "scan", "--stack", "shop/dev", "--actual", "other.json", *options, **where)
            self.assertIn("password", got.out)
            self.assertIn("(sensitive", got.out)
        self.quiet(2, "explain", URN, "--stack", "shop/dev", "--actual", "other.json", **where)
        self.quiet(0, "accept", "--all", "--stack", "shop/dev", "--actual", "other.json", **where)
        self.quiet(0, "scan", "--stack", "shop/dev", "--actual", "other.json", **where)
        self.assertTrue((self.folder / "drift.baseline.jsonl").exists())
        self.no_file_has_it("same.json", "other.json")

    def test_another_passphrase_ends_it_and_none_leaves_the_secrets_locked(self):
        where = self.backend()
        self.write("actual.json", export(opened(CANARY + "-2")))
        got = self.quiet(1, "scan", "--stack", "shop/dev", "--actual", "actual.json", **{**where, "PULUMI_CONFIG_PASSPHRASE": "wrong horse"})
        self.assertIn("E_ENCRYPTED_STATE", got.err)
        self.assertIn("PULUMI_CONFIG_PASSPHRASE", got.err)
        del where["PULUMI_CONFIG_PASSPHRASE"]
        report = self.quiet(0, "scan", "--stack", "shop/dev", "--actual", "actual.json", "--json", **where).json()
        self.assertEqual({n["code"] for n in report["notes"]}, {"secrets_locked", "secrets_not_compared"})
        self.write("phrase", PASSPHRASE + "\n")
        self.quiet(2, "scan", "--stack", "shop/dev", "--actual", "actual.json", PULUMI_CONFIG_PASSPHRASE_FILE="phrase", **where)

    def test_drift_yaml_names_a_stack_and_pulumi_yaml_the_rest(self):
        self.backend()
        self.write("actual.json", export(opened(), days=3))
        self.write("Pulumi.yaml", "name: shop\nruntime: go\nbackend:\n  url: file://./backend\n")
        self.write("drift.yaml", "stack: dev\n")
        report = self.quiet(2, "scan", "--actual", "actual.json", "--json", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE).json()
        self.assertEqual([f["address"] for f in report["findings"]], [URN])
        self.quiet(2, "scan", "--stack", "shop/dev", "--actual", "actual.json", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
        self.write("drift.yaml", "stack: dev\nstate: x.json\n")
        self.assertIn("exclude each other", self.check(1, "scan", "--actual", "actual.json").err)

    def test_a_checkpoint_by_hand_as_file_and_on_standard_input(self):
        self.write("actual.json", export(opened(), days=3))
        packed = gzip.compress(checkpoint().encode())
        self.write("state.json", packed)
        for stdin in (checkpoint().encode(), packed, export(sealed()).encode()):
            self.quiet(2, "scan", "--state", "-", "--actual", "actual.json", stdin=stdin, PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
        self.quiet(2, "scan", "--state", "state.json", "--actual", "actual.json", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)

    def test_what_is_wrong_with_a_name_is_said(self):
        where = self.backend()
        self.assertIn("did you mean `shop/dev`?", self.check(1, "scan", "--stack", "shop/dve", **where).err)
        self.assertIn("E_INVALID_ARGUMENT", self.check(1, "scan", "--stack", "../shop", **where).err)
        self.assertIn("exclude each other", self.check(1, "scan", "--stack", "shop/dev", "--state", "x", **where).err)
        self.assertIn("pulumi login", self.check(1, "scan", "--stack", "shop/dev", HOME=str(self.folder)).err)

    def test_the_service_gives_the_stack_and_decrypts_its_secrets(self):
        provider = {"type": "service", "state": {"url": "", "owner": "acme", "project": "shop", "stack": "dev"}}
        ciphertext = base64.b64encode(b"sealed by the service").decode()
        asked = []

        class Service(http.server.BaseHTTPRequestHandler):
            def answer(self, body):
                text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, self.path, self.headers["Authorization"], text.decode()))
                allowed = self.headers["Authorization"] == "token token-canary"
                self.send_response(200 if allowed else 401)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode() if allowed else b"{}")

            def do_GET(self):
                self.answer(json.loads(export(sealed(ciphertext), provider=provider)))

            def do_POST(self):
                self.answer({"plaintexts": {ciphertext: base64.b64encode(json.dumps(CANARY).encode()).decode()}})

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        provider["state"]["url"] = url = f"http://127.0.0.1:{server.server_port}"
        self.write("home/credentials.json", json.dumps({"current": url, "accessTokens": {url: "token-canary"}}))
        self.write("actual.json", export(opened(), provider=provider))
        self.quiet(0, "scan", "--stack", "acme/shop/dev", "--actual", "actual.json", PULUMI_HOME=str(self.folder / "home"))
        self.assertEqual([(m, p) for m, p, _, _ in asked],
                         [("GET", "/api/stacks/acme/shop/dev/export"), ("POST", "/api/stacks/acme/shop/dev/batch-decrypt")])
        self.no_file_has_it("credentials.json", "actual.json")
        got = self.quiet(1, "scan", "--stack", "acme/shop/dev", "--actual", "actual.json", PULUMI_BACKEND_URL=url,
                         PULUMI_ACCESS_TOKEN="other", HOME=str(self.folder))
        self.assertIn("E_PERMISSION", got.err)
        # Pulumi.yaml alone does not get the token of the environment; confirmed, its secrets are decrypted with it, too.
        self.write("Pulumi.yaml", f"name: shop\nruntime: go\nbackend:\n  url: {url}\n")
        home = {"PULUMI_HOME": str(self.folder / "other"), "PULUMI_ACCESS_TOKEN": "token-canary"}
        del asked[:]
        got = self.quiet(1, "scan", "--stack", "acme/shop/dev", "--actual", "actual.json", **home)
        self.assertIn(f"export PULUMI_BACKEND_URL={url}", got.err)
        self.assertEqual(asked, [])
        self.write("other/credentials.json", json.dumps({"current": "file://~", "accounts": {url: {"username": "ann"}}}))
        report = self.quiet(0, "scan", "--stack", "acme/shop/dev", "--actual", "actual.json", "--json", **home).json()
        self.assertEqual(([m for m, _, _, _ in asked], report["notes"]), (["GET", "POST"], []))


if __name__ == "__main__":
    main()
