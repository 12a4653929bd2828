# The configuration that examples/demo/terraform.tfstate was made from, by `tofu apply` with hashicorp/local.
terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}

locals {
  environments = toset(["eu", "us"])
}

resource "local_file" "service" {
  for_each        = local.environments
  filename        = "production/service/${each.key}.yaml"
  file_permission = "0644"
  content         = <<-YAML
    service: checkout
    region: ${each.key}
    replicas: 3
    log_level: info
    timeouts:
      connect: 2s
      request: 15s
  YAML
}

resource "local_file" "allow_list" {
  filename        = "production/firewall/allow-list.txt"
  file_permission = "0644"
  content         = <<-TXT
    # who may reach the admin port
    10.0.0.0/8        # office and VPN
    192.0.2.17/32     # on-call jump host
    198.51.100.0/24   # partner
  TXT
}

resource "local_file" "feature_flags" {
  filename        = "production/flags/features.json"
  file_permission = "0644"
  content         = jsonencode({ new_checkout = false, dark_mode = true, rate_limit = 500 })
}

resource "local_sensitive_file" "api_token" {
  filename = "production/service/api-token"
  content  = "demo-token-that-is-no-secret\n"
}
