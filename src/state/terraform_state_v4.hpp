// Terraform and OpenTofu state, version 4: what one resource block and one instance in it say.
//
// Thread rule: any. A header's and an instance's texts belong to the parsed span they were read from.
#pragma once

#include <string>
#include <string_view>

#include "drift/model/resource.hpp"
#include "state/span_parser.hpp"
#include "state/terraform_address.hpp"

namespace drift::state_internal {

// The members of a resource block beside its instances.
struct BlockHeader {
  std::string module;
  std::string type;
  std::string name;
  std::string provider;
  bool data = false;
  // Over all members: an instance's span of a large block says nothing about them itself.
  [[nodiscard]] Fingerprint fingerprint() const;
};

// Gathers a header member by member, in whatever order they come.
class BlockHeaderReader {
 public:
  // E_BAD_STRUCTURE, E_DUPLICATE_KEY. `instances` is not for it; members it does not know are checked and left.
  Status member(std::string_view key, const JsonView& v, SpanParser& parser);
  // After the last member: the text of what is wrong with the block, or empty.
  [[nodiscard]] std::string_view fault() const;
  void reset();  // for the next block, keeping memory
  BlockHeader header;

 private:
  std::string mode_;
};

// One element of `instances`, its members looked at once.
struct InstanceView {
  JsonView index_key, status, deposed, schema_version, attributes, attributes_flat, sensitive_attributes, private_data, dependencies,
      depends_on, provider, identity, identity_schema_version;
};

// Both refuse with E_BAD_STRUCTURE and E_DUPLICATE_KEY. `instances` is absent when the block has none.
Status read_block(const JsonView& block, SpanParser& parser, BlockHeaderReader& reader, JsonView& instances);
Status read_instance(const JsonView& instance, SpanParser& parser, InstanceView& view);
Status write_instance_address(const BlockHeader& header, const InstanceView& instance, const SpanParser& parser, std::string& out);
// The fingerprint of the resource, without building it.
Result<Fingerprint> instance_fingerprint(const BlockHeader& header, const InstanceView& instance, SpanParser& parser, std::string& scratch);
Result<Resource> build_instance(const BlockHeader& header, const InstanceView& instance, SpanParser& parser);

}  // namespace drift::state_internal
