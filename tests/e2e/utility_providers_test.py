#!/usr/bin/env python3
"""local, random, tls and time: every resource type of each is read; what is sensitive is never shown."""
import support
from oracle import Tofu, disagreements, save_expected
from support import CANARY, EndToEnd, changes, verdicts

RESOURCES = {
    "time": '''
resource "time_static" "static" {}
resource "time_offset" "offset" {
  offset_days = 7
}
resource "time_rotating" "rotating" {
  rotation_years = 10
}
resource "time_rotating" "due" {
  rotation_years = 10
}
resource "time_sleep" "sleep" {
  create_duration = "1ms"
  triggers        = { a = "b" }
}
''',
    "random": '''
resource "random_id" "id" {
  byte_length = 8
}
resource "random_integer" "integer" {
  min = 1
  max = 9007199254740991
}
resource "random_password" "password" {
  length = 20
}
resource "random_pet" "pet" {
  keepers = { a = "b" }
}
resource "random_shuffle" "shuffle" {
  input = ["a", "b", "c"]
}
resource "random_string" "string" {
  length = 12
}
resource "random_uuid" "uuid" {}
resource "random_uuid4" "uuid4" {}
resource "random_uuid7" "uuid7" {}
resource "random_bytes" "bytes" {
  length = 16
}
''',
    "tls": '''
resource "tls_private_key" "key" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}
resource "tls_private_key" "other" {
  algorithm = "ED25519"
}
resource "tls_cert_request" "request" {
  private_key_pem = tls_private_key.key.private_key_pem
  dns_names       = ["example.com"]
  subject {
    common_name = "example.com"
  }
}
resource "tls_self_signed_cert" "ca" {
  private_key_pem       = tls_private_key.key.private_key_pem
  is_ca_certificate     = true
  validity_period_hours = 876000
  allowed_uses          = ["cert_signing"]
  subject {
    common_name = "ca"
  }
}
resource "tls_locally_signed_cert" "cert" {
  cert_request_pem      = tls_cert_request.request.cert_request_pem
  ca_private_key_pem    = tls_private_key.key.private_key_pem
  ca_cert_pem           = tls_self_signed_cert.ca.cert_pem
  validity_period_hours = 876000
  allowed_uses          = ["server_auth"]
}
''',
    "local": f'''
resource "local_file" "same" {{
  filename = "${{path.module}}/same.txt"
  content  = "same"
}}
resource "local_file" "edited" {{
  filename = "${{path.module}}/edited.txt"
  content  = "as it was"
}}
resource "local_file" "gone" {{
  filename = "${{path.module}}/gone.txt"
  content  = "here"
}}
resource "local_sensitive_file" "secret" {{
  filename = "${{path.module}}/secret.txt"
  content  = "{CANARY}"
}}
resource "local_sensitive_file" "leaked" {{
  filename = "${{path.module}}/leaked.txt"
  content  = "{CANARY} of old"
}}
''',
}


class Utility(EndToEnd):
    def apply(self, name):
        tofu = Tofu(self, {f"hashicorp/{name}": support.peer(name)})
        self.write("main.tf", RESOURCES[name])
        tofu.apply()
        known = {kind for provider in tofu.schemas()["provider_schemas"].values() for kind in provider.get("resource_schemas", {})}
        state = tofu.state()
        self.assertEqual({r["type"] for r in state["resources"]}, known, "every type of the provider has a resource here")
        return tofu, state

    def configure(self, name, **more):
        self.project(providers={name: {"binary": support.provider_binary(name)}}, **more)

    def agree(self, name, tofu, **more):
        """OpenTofu's drift, which has to be the saved one and ours."""
        theirs = tofu.drift()
        saved, now = save_expected(name, theirs)
        self.assertEqual(saved, now, "OpenTofu says something else than it did")
        self.configure(name, builtin_comparators=False, engine_ignores=False, **more)
        self.assertEqual(disagreements(changes(self.scan()), theirs), [])
        return theirs

    def plant(self, state, kind, attribute, value):
        """Puts a canary where the provider keeps a secret; it reads from the state alone, so nothing drifts."""
        [instance] = [r["instances"][0] for r in state["resources"] if r["type"] == kind and r["name"] not in ("other",)]
        instance["attributes"][attribute] = value

    def test_time(self):
        tofu, state = self.apply("time")
        for resource in state["resources"]:
            if resource["name"] == "due":
                resource["instances"][0]["attributes"]["rotation_rfc3339"] = "2020-01-01T00:00:00Z"
        self.write("terraform.tfstate", state)
        self.configure("time")
        report = self.scan(code=2)
        # The provider itself takes a rotation that is due out of the state.
        self.assertEqual(verdicts(report), {"time_rotating.due": "deleted"})
        self.assertEqual(report["summary"]["checked"], 5)
        self.agree("time", tofu)

    def test_random(self):
        tofu, state = self.apply("random")
        self.plant(state, "random_password", "result", CANARY)
        self.plant(state, "random_bytes", "hex", CANARY)
        self.write("terraform.tfstate", state)
        self.configure("random")
        report = self.scan(code=0)
        self.assertEqual(report["summary"]["checked"], 10)
        self.agree("random", tofu)

    def test_tls(self):
        tofu, state = self.apply("tls")
        self.plant(state, "tls_private_key", "private_key_pem", CANARY)
        self.plant(state, "tls_self_signed_cert", "private_key_pem", CANARY)
        self.write("terraform.tfstate", state)
        self.configure("tls")
        report = self.scan(code=0)
        self.assertEqual(report["summary"]["checked"], 5)
        self.agree("tls", tofu)

    def test_local(self):
        tofu, _ = self.apply("local")
        (self.work / "edited.txt").write_text("another")
        (self.work / "gone.txt").unlink()
        (self.work / "leaked.txt").write_text(CANARY + " of new")
        self.configure("local")
        report = self.scan(code=2)
        # This provider calls a changed file gone.
        self.assertEqual(verdicts(report), {"local_file.edited": "deleted", "local_file.gone": "deleted", "local_sensitive_file.leaked": "deleted"})
        self.assertEqual(report["summary"]["checked"], 5)
        # ... and that it is the provider who calls them so is told of each.
        self.assertEqual({n["address"] for n in report["notes"] if n["code"] == "deleted_by_provider"}, set(verdicts(report)))
        theirs = self.agree("local", tofu)
        self.assertEqual(len(theirs), 3)

    def test_all_in_one_state(self):
        """Four providers at once, each resource by its own."""
        state = None
        for name in RESOURCES:
            for old in self.work.glob("*.tf*"):
                old.unlink()
            _, made = self.apply(name)
            if state is None:
                state = made
            else:
                state["resources"] += made["resources"]
        self.write("terraform.tfstate", state)
        self.project(providers={name: {"binary": support.provider_binary(name)} for name in RESOURCES})
        report = self.scan(code=0)
        self.assertEqual(report["summary"]["checked"], len(state["resources"]))


if __name__ == "__main__":
    support.main()
