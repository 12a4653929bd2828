#include "workloads/gen_state.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace bench {
namespace {

// splitmix64
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  std::string hex(std::size_t digits) {
    std::string s;
    while (s.size() < digits) s += "0123456789abcdef"[next() & 15];
    return s;
  }

 private:
  std::uint64_t state_;
};

// A tree to be written: a scalar is its JSON text.
struct Node {
  enum class Kind { scalar, list, object };
  Kind kind = Kind::scalar;
  std::string text;
  std::vector<std::pair<std::string, Node>> children;

  static Node raw(std::string t) { return {Kind::scalar, std::move(t), {}}; }
  static Node number(std::uint64_t n) { return raw(std::to_string(n)); }
  static Node boolean(bool b) { return raw(b ? "true" : "false"); }
  static Node null() { return raw("null"); }
  static Node string(const std::string& s) {
    std::string t = "\"";
    for (const char c : s) {
      if (c == '"' || c == '\\') t += '\\';
      if (c == '\n')
        t += "\\n";
      else if (c == '<')
        t += "\\u003c";  // as Go does
      else
        t += c;
    }
    return raw(t + '"');
  }
  static Node list(std::vector<Node> elements) {
    Node n{Kind::list, {}, {}};
    for (Node& e : elements) n.children.emplace_back("", std::move(e));
    return n;
  }
  static Node object() { return {Kind::object, {}, {}}; }
  Node& set(std::string key, Node value) {
    children.emplace_back(std::move(key), std::move(value));
    return *this;
  }
};

class Writer {
 public:
  Writer(std::FILE* out, bool compact, Random* shuffle) : out_(out), compact_(compact), shuffle_(shuffle) {}
  ~Writer() { flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void text(const std::string& s) {
    buffer_ += s;
    if (buffer_.size() > (1U << 20)) flush();
  }
  void line(std::size_t indent) {
    if (!compact_) text("\n" + std::string(2 * indent, ' '));
  }
  void node(const Node& n, std::size_t indent) {
    if (n.kind == Node::Kind::scalar) return text(n.text);
    const bool object = n.kind == Node::Kind::object;
    if (n.children.empty()) return text(object ? "{}" : "[]");
    std::vector<std::size_t> order(n.children.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (object && shuffle_ != nullptr) {
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[shuffle_->below(i)]);
    }
    text(object ? "{" : "[");
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i > 0) text(",");
      line(indent + 1);
      if (object) text("\"" + n.children[order[i]].first + (compact_ ? "\":" : "\": "));
      node(n.children[order[i]].second, indent + 1);
    }
    line(indent);
    text(object ? "}" : "]");
  }

 private:
  void flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), out_) != buffer_.size()) {
      std::perror("benchmark state");
      std::exit(1);
    }
    buffer_.clear();
  }
  std::FILE* out_;
  bool compact_;
  Random* shuffle_;
  std::string buffer_;
};

struct Shape {
  const char* type;
  const char* pulumi;
};
constexpr Shape kShapes[] = {{"aws_instance", "aws:ec2/instance:Instance"},
                             {"aws_security_group", "aws:ec2/securityGroup:SecurityGroup"},
                             {"aws_iam_policy", "aws:iam/policy:Policy"},
                             {"aws_lambda_function", "aws:lambda/function:Function"},
                             {"aws_s3_bucket", "aws:s3/bucket:Bucket"},
                             {"aws_db_instance", "aws:rds/instance:Instance"},
                             {"aws_lb_listener", "aws:lb/listener:Listener"},
                             {"aws_route53_record", "aws:route53/record:Record"},
                             {"aws_cloudwatch_metric_alarm", "aws:cloudwatch/metricAlarm:MetricAlarm"},
                             {"aws_ecs_task_definition", "aws:ecs/taskDefinition:TaskDefinition"}};

std::string arn(Random& r, const std::string& service, const std::string& rest) {
  return "arn:aws:" + service + ":eu-central-1:" + std::to_string(100000000000 + r.below(899999999999)) + ":" + rest;
}

Node tags(Random& r, std::size_t i) {
  return Node::object()
      .set("CostCenter", Node::string(std::to_string(1000 + r.below(50))))
      .set("Environment", Node::string(r.below(3) == 0 ? "production" : "staging"))
      .set("ManagedBy", Node::string("terraform"))
      .set("Name", Node::string("service-" + std::to_string(i) + "-" + r.hex(6)))
      .set("Owner", Node::string("team-" + std::to_string(r.below(40)) + "@example.org"));
}

Node rule(Random& r) {
  return Node::object()
      .set("cidr_blocks", Node::list({Node::string("10." + std::to_string(r.below(256)) + ".0.0/16"), Node::string("192.168.0.0/24")}))
      .set("description", Node::string("allow from <" + r.hex(8) + ">"))
      .set("from_port", Node::number(r.below(65536)))
      .set("ipv6_cidr_blocks", Node::list({}))
      .set("prefix_list_ids", Node::list({}))
      .set("protocol", Node::string("tcp"))
      .set("security_groups", Node::list({Node::string("sg-" + r.hex(17))}))
      .set("self", Node::boolean(false))
      .set("to_port", Node::number(r.below(65536)));
}

std::string policy(Random& r) {
  std::string p = "{\"Version\":\"2012-10-17\",\"Statement\":[";
  for (int i = 0; i < 3; ++i) {
    if (i > 0) p += ",";
    p += "{\"Sid\":\"S" + r.hex(6) +
         "\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::bucket-" + r.hex(12) + "/*\"}";
  }
  return p + "]}";
}

// What a shape has of its own.
void add_special(Node& a, std::size_t shape, Random& r) {
  switch (shape) {
    case 0:
      a.set("ebs_block_device", Node::list({Node::object()
                                                .set("delete_on_termination", Node::boolean(true))
                                                .set("device_name", Node::string("/dev/sdf"))
                                                .set("iops", Node::number(3000))
                                                .set("volume_id", Node::string("vol-" + r.hex(17)))
                                                .set("volume_size", Node::number(8 + r.below(500)))}));
      a.set("instance_type", Node::string("m5.large"));
      break;
    case 1:
      a.set("egress", Node::list({rule(r)}));
      a.set("ingress", Node::list({rule(r), rule(r)}));
      break;
    case 2:
      a.set("policy", Node::string(policy(r)));
      break;
    case 3: {
      Node variables = Node::object();
      for (char c = 'A'; c < 'I'; ++c) variables.set(std::string("SETTING_") + c, Node::string(r.hex(24)));
      a.set("environment", Node::list({Node::object().set("variables", std::move(variables))}));
      a.set("timeout", Node::number(30));
      break;
    }
    case 8:
      a.set("threshold", Node::raw("0." + std::to_string(1 + r.below(99)) + "5"));
      break;
    case 9:
      a.set("container_definitions", Node::string("[{\"cpu\":256,\"image\":\"registry/" + r.hex(10) + ":latest\",\"name\":\"app\"}]"));
      break;
    default:
      a.set("settings", Node::list({Node::object().set("name", Node::string(r.hex(10))).set("value", Node::string(r.hex(20)))}));
  }
}

Node attributes(std::size_t shape, std::size_t i, Random& r, bool big_integers, bool changed) {
  Node a = Node::object();
  a.set("arn", Node::string(arn(r, "service", "thing/" + r.hex(17))));
  a.set("availability_zones", Node::list({Node::string("eu-central-1a"), Node::string("eu-central-1b"), Node::string("eu-central-1c")}));
  a.set("creation_date", Node::string("2026-03-0" + std::to_string(1 + r.below(9)) + "T10:00:00Z"));
  a.set("description", Node::string("the thing number " + std::to_string(i) + ", for " + r.hex(12)));
  a.set("enabled", Node::boolean(r.below(2) == 0));
  for (char c = 'a'; c < 'm'; ++c) a.set(std::string("field_") + c, r.below(4) == 0 ? Node::null() : Node::string(r.hex(4 + r.below(24))));
  a.set("id", Node::string("id-" + std::to_string(i) + "-" + r.hex(17)));
  for (char c = 'a'; c < 'g'; ++c) a.set(std::string("limit_") + c, Node::number(r.below(100000)));
  a.set("network",
        Node::list({Node::object()
                        .set("private_ip", Node::string("10.0." + std::to_string(r.below(256)) + "." + std::to_string(r.below(256))))
                        .set("security_group_ids", Node::list({Node::string("sg-" + r.hex(17)), Node::string("sg-" + r.hex(17))}))
                        .set("subnet_id", Node::string("subnet-" + r.hex(17)))
                        .set("vpc_id", Node::string("vpc-" + r.hex(17)))}));
  if (big_integers) a.set("owner_number", Node::raw("123456789012345678901234" + std::to_string(100000 + r.below(900000))));
  add_special(a, shape, r);
  Node own = tags(r, i);
  a.set("tags_all", own);
  a.set("tags", std::move(own));
  a.set("timeouts", Node::null());
  a.set("version", Node::number(changed ? 1000001 : r.below(1000)));
  std::sort(a.children.begin(), a.children.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  return a;
}

Node terraform_resource(std::size_t i, const std::string& name, Random& r, const GenOptions& o, bool changed) {
  const std::size_t shape = i % std::size(kShapes);
  Node instance = Node::object();
  instance.set("schema_version", Node::number(1)).set("attributes", attributes(shape, i, r, o.big_integers, changed));
  instance.set("sensitive_attributes", Node::list({})).set("private", Node::string("bnVsbA=="));
  instance.set("dependencies",
               Node::list({Node::string("aws_vpc.main"), Node::string("aws_subnet.private"), Node::string("aws_kms_key.k")}));
  return Node::object()
      .set("mode", Node::string("managed"))
      .set("type", Node::string(kShapes[shape].type))
      .set("name", Node::string(name))
      .set("provider", Node::string("provider[\"registry.terraform.io/hashicorp/aws\"]"))
      .set("instances", Node::list({std::move(instance)}));
}

Node pulumi_resource(std::size_t i, const std::string& name, Random& r, const GenOptions& o, bool changed) {
  const std::size_t shape = i % std::size(kShapes);
  Node outputs = attributes(shape, i, r, o.big_integers, changed);
  Node inputs = Node::object();
  std::string id;
  for (const auto& [key, value] : outputs.children) {
    if (key == "id") id = value.text;
    if (key != "id" && key != "arn" && key != "version") inputs.set(key, value);
  }
  const std::string type = kShapes[shape].pulumi;
  return Node::object()
      .set("urn", Node::string("urn:pulumi:prod::shop::" + type + "::" + name))
      .set("custom", Node::boolean(true))
      .set("id", Node::raw(id))
      .set("type", Node::string(type))
      .set("inputs", std::move(inputs))
      .set("outputs", std::move(outputs))
      .set("parent", Node::string("urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"))
      .set("provider", Node::string("urn:pulumi:prod::shop::pulumi:providers:aws::default::b1c2d3e4"));
}

Node resource(std::size_t i, const GenOptions& o, bool changed) {
  Random r(o.seed * 1000003 + i);
  const std::string name = "r" + std::to_string(i) + "_" + r.hex(6);
  return o.format == GenOptions::Format::terraform ? terraform_resource(i, name, r, o, changed) : pulumi_resource(i, name, r, o, changed);
}

bool is_changed(std::size_t i, const GenOptions& o) { return Random(o.seed ^ (i * 0x9E3779B1U + 17)).below(1000) < o.changed_per_mille; }

}  // namespace

GenResult generate(const GenOptions& o, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    std::perror(path.c_str());
    std::exit(1);
  }
  GenResult result;
  Random shuffle(o.seed + 99);
  const bool terraform = o.format == GenOptions::Format::terraform;
  {
    Writer w(file, o.shuffled, o.shuffled ? &shuffle : nullptr);
    w.text(
        terraform
            ? R"({"version": 4, "terraform_version": "1.9.5", "serial": 42, "lineage": "3f2a", "outputs": {}, "resources": [)"
            : R"({"version": 3, "checkpoint": {"stack": "prod", "latest": {"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}, "resources": [)");
    std::vector<std::size_t> order;
    if (o.insert_first) order.push_back(o.resources + 7);
    for (std::size_t i = 0; i < o.resources; ++i) order.push_back(i);
    if (o.move_first_to_end) std::rotate(order.begin(), order.begin() + 1, order.end());
    for (std::size_t n = 0; n < order.size(); ++n) {
      const std::size_t i = order[n];
      const bool changed = i < o.resources && is_changed(i, o);
      result.changed += changed ? 1 : 0;
      if (n > 0) w.text(",");
      w.line(2);
      w.node(resource(i, o, changed), 2);
    }
    w.line(1);
    w.text(terraform ? "]}\n" : "]}}}\n");
  }
  result.bytes = static_cast<std::size_t>(std::ftell(file));
  std::fclose(file);
  return result;
}

}  // namespace bench
