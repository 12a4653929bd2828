#!/usr/bin/env python3
"""The kubernetes provider (SDKv1, protocol 5) against a real kube-apiserver with etcd: 50 ConfigMaps and a Deployment applied by OpenTofu, then
changed behind its back. OpenTofu lists 51 drifted resources; 3 are real."""
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request

import support
from oracle import Tofu, disagreements, save_expected
from support import CANARY, EndToEnd, Program, changes, free_port, pointers, verdicts

COUNT = 50
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Cluster:
    """etcd and kube-apiserver on loopback, in folders of the test."""

    def __init__(self, test):
        etcd_binary = shutil.which("etcd", path=f"{support.PEERS}/etcd/usr/bin:{os.environ['PATH']}")
        if not etcd_binary:
            raise AssertionError("there is no etcd (./dev test --peers fetches Debian's)")
        self.folder = test.folder / "cluster"
        self.folder.mkdir()
        client, peer = free_port(), free_port()
        etcd_url, peer_url = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        etcd = Program(test, "etcd", [etcd_binary, "--data-dir", self.folder / "etcd", "--listen-client-urls", etcd_url, "--advertise-client-urls", etcd_url,
                                      "--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url,
                                      "--initial-cluster", f"default={peer_url}", "--unsafe-no-fsync"], cwd=self.folder,
                       env={**os.environ, "ETCD_UNSUPPORTED_ARCH": support.PLATFORM.split("_")[1]})  # 3.4 starts on arm64 only when told
        etcd.wait(30, lambda: self.answers(etcd_url + "/health"))
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        key = self.folder / "sa.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{CANARY},admin,1,system:masters\n")
        api = Program(test, "kube-apiserver", [
            support.peer("kube-apiserver") / "kube-apiserver", "--etcd-servers", etcd_url, "--secure-port", str(self.port), "--bind-address", "127.0.0.1",
            # Else it looks for the network that has the default route, and ends where there is none. It takes no loopback; nobody asks for this one (RFC 5737).
            "--advertise-address", "192.0.2.1", "--endpoint-reconciler-type", "none",
            "--cert-dir", self.folder / "certs", "--service-account-issuer", "https://x", "--service-account-key-file", key,
            "--service-account-signing-key-file", key, "--token-auth-file", tokens, "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.0.0.0/24",
            "--disable-admission-plugins", "ServiceAccount"], cwd=self.folder)
        api.wait(90, lambda: self.answers(self.url + "/readyz"))
        api.wait(60, lambda: self.answers(self.url + "/api/v1/namespaces/default"))

    def request(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(path if "//" in path else self.url + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + CANARY)
        request.add_header("Content-Type", kind)
        # pylint: disable=protected-access
        with urllib.request.urlopen(request, timeout=10, context=ssl._create_unverified_context() if request.type == "https" else None) as answer:
            return answer.read()

    def answers(self, url):
        try:
            return self.request("GET", url) is not None
        except (urllib.error.URLError, OSError):
            return False


MAIN = f'''
terraform {{
  required_providers {{
    kubernetes = {{ source = "hashicorp/kubernetes" }}
  }}
}}
variable "host" {{ type = string }}
variable "token" {{
  type      = string
  sensitive = true
}}
provider "kubernetes" {{
  host             = var.host
  token            = var.token
  insecure         = true
  load_config_file = false
}}
resource "kubernetes_config_map" "c" {{
  count = {COUNT}
  metadata {{
    name   = "config-${{count.index}}"
    labels = {{ app = "web" }}
  }}
  data = {{
    index = tostring(count.index)
    mode  = "fast"
  }}
}}
resource "kubernetes_deployment" "web" {{
  wait_for_rollout = false
  metadata {{
    name   = "web"
    labels = {{ app = "web" }}
  }}
  spec {{
    replicas = 3
    selector {{
      match_labels = {{ app = "web" }}
    }}
    template {{
      metadata {{
        labels = {{ app = "web" }}
      }}
      spec {{
        container {{
          name  = "web"
          image = "nginx:1.25"
          port {{
            container_port = 80
          }}
          env {{
            name  = "MODE"
            value = "fast"
          }}
          resources {{
            limits {{
              memory = "128Mi"
            }}
          }}
        }}
      }}
    }}
  }}
}}
'''

DEPLOYMENT = "kubernetes_deployment.web"
CHANGED = "kubernetes_config_map.c[7]"
DELETED = "kubernetes_config_map.c[11]"
# What somebody changed, and what the server counts along with it.
OWNED = {DEPLOYMENT: {"/spec/0/replicas", "/spec/0/template/0/spec/0/container/0/image"}, CHANGED: {"/data/mode"}, DELETED: {""}}
COUNTED = {DEPLOYMENT: {"/metadata/0/generation", "/metadata/0/resource_version"}, CHANGED: {"/metadata/0/resource_version"}, DELETED: set()}


class Kubernetes(EndToEnd):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self)
        self.token = {"KUBE_PEER_TOKEN": CANARY}

    def configure(self, token="${env:KUBE_PEER_TOKEN}", host=None, **more):
        config = {"host": host or self.cluster.url, "token": token, "insecure": True, "load_config_file": False}
        self.project(providers={"kubernetes": {"config": config, "binary": support.provider_binary("kubernetes")}}, **more)

    def apply(self):
        tofu = Tofu(self, {"hashicorp/kubernetes": support.peer("kubernetes")}, env={"TF_VAR_host": self.cluster.url, "TF_VAR_token": CANARY})
        self.write("main.tf", MAIN)
        tofu.apply()
        return tofu

    def change(self):
        self.cluster.request("PATCH", "/apis/apps/v1/namespaces/default/deployments/web",
                             {"spec": {"replicas": 7, "template": {"spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]}}}},
                             "application/strategic-merge-patch+json")
        self.cluster.request("PATCH", "/api/v1/namespaces/default/configmaps/config-7", {"data": {"mode": "slow"}}, "application/merge-patch+json")
        self.cluster.request("DELETE", "/api/v1/namespaces/default/configmaps/config-11")

    def test_three_real_changes_and_the_noise_explained(self):
        tofu = self.apply()
        self.change()
        theirs = tofu.drift()
        saved, now = save_expected("kubernetes", theirs)
        self.assertEqual(saved, now, "OpenTofu says something else than it did")
        self.assertEqual(len(theirs), COUNT + 1)

        self.configure()
        report = self.scan(code=2, env=self.token)
        self.assertEqual(verdicts(report), {DEPLOYMENT: "changed", CHANGED: "changed", DELETED: "deleted"})
        self.assertTrue(report["complete"])
        self.assertEqual(report["summary"]["checked"], COUNT + 1)
        for finding in report["findings"]:
            if finding["verdict"] == "deleted":
                continue
            found, address = set(pointers(finding)), finding["address"]
            self.assertLessEqual(OWNED[address], found)
            self.assertLessEqual(found - OWNED[address], COUNTED[address])
            self.assertEqual({c["pointer"]: c["class"] for c in finding["changes"]},
                             {p: "config_owned" if p in OWNED[address] else "computed_only" for p in found})
            self.assertEqual(finding["class"], "config_owned")
        # The rest is not lost: each difference that OpenTofu calls drift is there, with the rule that explains it.
        ours = changes(report)
        self.assertEqual(set(ours), set(theirs))
        for entry in report["suppressed"]:
            for change in entry["changes"]:
                self.assertTrue(change.get("rule"), change)
                self.assertEqual(change["class"], "null_or_empty", change)
                if entry["address"] not in OWNED:
                    self.assertRegex(change["pointer"], r"^/(binary_data|metadata/0/annotations)$")
        text = self.drift("scan", "--state", "terraform.tfstate", "--show-suppressed", env=self.token)
        self.assertEqual(text.code, 2)
        self.assertEqual(len(set(re.findall(r"kubernetes_config_map\.c\[\d+\]", text.out))), COUNT)

    def test_with_rules_off_it_is_what_opentofu_says(self):
        tofu = self.apply()
        self.change()
        theirs = tofu.drift()
        self.configure(builtin_comparators=False, engine_ignores=False)
        self.assertEqual(disagreements(changes(self.scan(env=self.token)), theirs), [])

    def test_nothing_was_changed_and_nothing_is_drift(self):
        self.apply()
        self.configure()
        report = self.scan(code=0, env=self.token)
        self.assertEqual(report["findings"], [])
        self.assertEqual(report["summary"]["checked"], COUNT + 1)

    def test_what_only_the_server_counts_is_told_apart(self):
        # Changed and changed back: the server has counted it, and nothing that the program owns is another.
        self.apply()
        for mode in ("slow", "fast"):
            self.cluster.request("PATCH", "/api/v1/namespaces/default/configmaps/config-7", {"data": {"mode": mode}}, "application/merge-patch+json")
        self.configure()
        report = self.scan(code=2, env=self.token)
        finding, = report["findings"]
        self.assertEqual((finding["address"], finding["class"]), (CHANGED, "computed_only"))
        self.assertEqual({c["pointer"]: c["class"] for c in finding["changes"]}, {"/metadata/0/resource_version": "computed_only"})
        text = self.drift("scan", "--state", "terraform.tfstate", env=self.token)
        self.assertIn("only what the provider computes changed", text.out)

    def test_the_wrong_token_and_no_server_are_never_deletions(self):
        self.apply()
        for more in ({"token": "wrong"}, {"host": f"https://127.0.0.1:{free_port()}"}):
            with self.subTest(str(more)):
                self.configure(**more)
                report = self.scan(code=3, env=self.token, seconds=300)
                self.assertEqual(report["findings"], [])
                self.assertFalse(report["complete"])
                self.assertEqual(report["summary"]["unreadable"], COUNT + 1)

    def mirror(self):
        """The variables that make the provider found in a mirror folder."""
        mirror = self.folder / "mirror"
        package = mirror / "registry.opentofu.org" / "hashicorp" / "kubernetes" / "1.13.4" / support.PLATFORM
        package.mkdir(parents=True)
        (package / "terraform-provider-kubernetes_v1.13.4").symlink_to(support.provider_binary("kubernetes"))
        rc = self.folder / "mirror.rc"
        rc.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        return {"TF_CLI_CONFIG_FILE": str(rc)}

    def test_configured_by_the_environment_alone(self):
        # A drift.yaml that only names the provider: it is found in a mirror folder, its configuration in its own environment.
        self.apply()
        self.change()
        self.project(providers={"kubernetes": {}})
        report = self.scan(code=2, env={"KUBE_HOST": self.cluster.url, "KUBE_TOKEN": CANARY, "KUBE_INSECURE": "true", "KUBE_LOAD_CONFIG_FILE": "false",
                                        **self.mirror()})
        self.assertEqual(verdicts(report), {DEPLOYMENT: "changed", CHANGED: "changed", DELETED: "deleted"})

    def test_the_readme(self):
        # The project file of examples/kubernetes as it is, and the report that the README shows.
        self.apply()
        self.change()
        shutil.copy(ROOT / "examples" / "kubernetes" / "drift.yaml", self.work / "drift.yaml")
        done = self.drift("scan", env={"KUBE_URL": self.cluster.url, "KUBE_TOKEN": CANARY, "KUBE_CA": (self.folder / "cluster/certs/apiserver.crt").read_text(),
                                       "KUBE_LOAD_CONFIG_FILE": "false", **self.mirror()})
        self.assertEqual(done.code, 2, done.err)
        shown = re.search(r"^\$ export KUBE_URL.*?^\$ drift scan\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S).group(1)
        varies = [(r" in \d\S* (?:ms|s)\b", " in T"), (r"\"\d+\"", '"N"')]
        for pattern, to in varies:
            shown, done.out = re.sub(pattern, to, shown), re.sub(pattern, to, done.out)
        self.assertEqual(done.out.strip(), shown.strip())


if __name__ == "__main__":
    support.main()
