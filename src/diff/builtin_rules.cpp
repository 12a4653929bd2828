// The comparator rules that ship. The bar is high: a rule stands here only when the two values are known to mean the same to the system
// that holds them, and free text, ordered lists (Lambda layers, pipeline stages) and anything that is merely likely to be noise stays out.
// docs/rules.md lists them for people; tests/cases/diff has a hit and a miss for each, and a test that none is missing.
#include <stdexcept>
#include <string>
#include <utility>

#include "base/immortal.hpp"
#include "diff/rule_names.hpp"
#include "drift/diff/rules.hpp"

namespace drift {
namespace {

struct Row {
  Comparator comparator;
  const char* type;
  const char* path;
  const char* name = nullptr;  // else "builtin.<comparator>.<type>.<path>"
};

constexpr Row kRows[] = {
    // Pulumi keeps the names of inputs that defaults filled in beside the inputs themselves (sdk/go/common/resource, defaultsKey of the
    // Terraform bridge). It says how a value came about, and exists in no cloud.
    {Comparator::ignored, "*:*", "**.__defaults", "pulumi.defaults"},
    // Terraform writes an operation's `timeouts` block into the state. It is configuration of the client. Terraform reserves the name at
    // the top level of every type; types with an underscore are Terraform's, other engines may have a real property of this name.
    {Comparator::ignored, "*_*", "timeouts", "terraform.timeouts"},

    // Policy documents: AWS parses and stores them as JSON documents, and returns them with its own white space and key order
    // (terraform-provider-aws#11801, #21968, #22314; terraform#28977). The order inside lists is kept as a difference here.
    {Comparator::json, "aws_iam_policy", "policy"},
    {Comparator::json, "aws_iam_role", "assume_role_policy"},
    {Comparator::json, "aws_iam_role", "inline_policy[*].policy"},
    {Comparator::json, "aws_iam_role_policy", "policy"},
    {Comparator::json, "aws_iam_user_policy", "policy"},
    {Comparator::json, "aws_iam_group_policy", "policy"},
    {Comparator::json, "aws_s3_bucket_policy", "policy"},
    {Comparator::json, "aws_sqs_queue", "policy"},
    {Comparator::json, "aws_sqs_queue_policy", "policy"},
    {Comparator::json, "aws_sns_topic", "policy"},
    {Comparator::json, "aws_sns_topic_policy", "policy"},
    {Comparator::json, "aws_kms_key", "policy"},
    {Comparator::json, "aws_ecr_repository_policy", "policy"},
    // The same through Pulumi's bridge of the same provider.
    {Comparator::json, "aws:iam/policy:Policy", "policy"},
    {Comparator::json, "aws:iam/role:Role", "assumeRolePolicy"},
    {Comparator::json, "aws:iam/role:Role", "inlinePolicies[*].policy"},
    {Comparator::json, "aws:iam/rolePolicy:RolePolicy", "policy"},
    {Comparator::json, "aws:iam/userPolicy:UserPolicy", "policy"},
    {Comparator::json, "aws:iam/groupPolicy:GroupPolicy", "policy"},
    {Comparator::json, "aws:s3/bucketPolicy:BucketPolicy", "policy"},
    {Comparator::json, "aws:sqs/queue:Queue", "policy"},
    {Comparator::json, "aws:sqs/queuePolicy:QueuePolicy", "policy"},
    {Comparator::json, "aws:sns/topic:Topic", "policy"},
    {Comparator::json, "aws:sns/topicPolicy:TopicPolicy", "policy"},
    {Comparator::json, "aws:kms/key:Key", "policy"},
    {Comparator::json, "aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"},

    // The rules of a security group are a set in EC2 (DescribeSecurityGroups promises no order, and traffic is allowed when any rule
    // allows it); so are the sources of one rule.
    {Comparator::set, "aws_security_group", "ingress"},
    {Comparator::set, "aws_security_group", "ingress[*].cidr_blocks"},
    {Comparator::set, "aws_security_group", "ingress[*].ipv6_cidr_blocks"},
    {Comparator::set, "aws_security_group", "ingress[*].prefix_list_ids"},
    {Comparator::set, "aws_security_group", "ingress[*].security_groups"},
    {Comparator::set, "aws_security_group", "egress"},
    {Comparator::set, "aws_security_group", "egress[*].cidr_blocks"},
    {Comparator::set, "aws_security_group", "egress[*].ipv6_cidr_blocks"},
    {Comparator::set, "aws_security_group", "egress[*].prefix_list_ids"},
    {Comparator::set, "aws_security_group", "egress[*].security_groups"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "ingress"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "ingress[*].cidrBlocks"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "ingress[*].ipv6CidrBlocks"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "ingress[*].prefixListIds"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "ingress[*].securityGroups"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "egress"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "egress[*].cidrBlocks"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "egress[*].ipv6CidrBlocks"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "egress[*].prefixListIds"},
    {Comparator::set, "aws:ec2/securityGroup:SecurityGroup", "egress[*].securityGroups"},
};

std::vector<ComparatorRule> build() {
  std::vector<ComparatorRule> rules;
  for (const Row& row : kRows) {
    Result<PathPattern> path = PathPattern::parse(row.path);
    if (!path) throw std::logic_error("drift: the built-in rule path " + std::string(row.path) + " is malformed");
    std::string name = row.name != nullptr ? std::string(row.name)
                                           : std::string(diff_internal::kBuiltinFamily).append(comparator_name(row.comparator)) + "." +
                                                 row.type + "." + row.path;
    rules.push_back({std::move(name), row.type, std::move(path).value(), row.comparator, {}, {}});
  }
  return rules;
}

}  // namespace

const std::vector<ComparatorRule>& RuleSet::builtin() {
  static const base_internal::Immortal<std::vector<ComparatorRule>> rules(build());
  return *rules;
}

}  // namespace drift
