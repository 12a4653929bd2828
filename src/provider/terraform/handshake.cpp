#include "provider/terraform/handshake.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "third/digest.hpp"

namespace drift::terraform_internal {
namespace {

// Shorter than any certificate: go-plugin's own client takes it for none.
constexpr std::size_t no_certificate = 50;

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t bar = line.find('|');
    out.push_back(line.substr(0, bar));
    if (bar == std::string_view::npos) return out;
    line.remove_prefix(bar + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::optional<int> number(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

Error not_a_plugin(const std::string& why) {
  return Error(Errc::unknown_format, "the program is no Terraform provider plugin: " + why)
      .next("check that the path is that of the provider's own program (terraform-provider-...)");
}

Error wrong_protocol(int protocol) {
  const std::string said = "the provider speaks version " + std::to_string(protocol) + " of the plugin protocol, and 5 and 6 are supported";
  return Error(Errc::unsupported_version, said)
      .next(protocol < 5 ? "use a newer version of the provider (one for Terraform 0.12 or later)" : "use a newer version of libdrift");
}

}  // namespace

Result<Handshake> parse_handshake(std::string_view line) {
  const std::vector<std::string_view> fields = split(trim(line));
  if (fields.size() < 4 || !number(fields[0])) return not_a_plugin("its first line of output was no handshake");
  if (*number(fields[0]) != 1)
    return Error(Errc::unsupported_version,
                 "the plugin speaks version " + std::to_string(*number(fields[0])) + " of go-plugin's handshake, and 1 is supported")
        .next("use another version of the provider");
  const std::optional<int> protocol = number(fields[1]);
  if (!protocol) return not_a_plugin("its handshake had no protocol version");
  if (fields.size() == 4 || fields[4] == "netrpc")
    return Error(Errc::unsupported_feature, "the provider speaks net/rpc, as providers for Terraform 0.11 and older do")
        .next("use a newer version of the provider");
  if (*protocol != 5 && *protocol != 6) return wrong_protocol(*protocol);
  if (fields[4] != "grpc") return not_a_plugin("its handshake named an unknown transport");
  Handshake out;
  out.protocol = *protocol;
  out.tcp = fields[2] == "tcp";
  if (!out.tcp && fields[2] != "unix") return not_a_plugin("its handshake named an unknown network");
  out.address = fields[3];
  if (out.address.empty()) return not_a_plugin("its handshake had no address");
  if (fields.size() > 5 && fields[5].size() > no_certificate) {
    std::string padded(fields[5]);
    while (padded.size() % 4 != 0) padded.push_back('=');
    if (!third::base64_decode(padded, out.certificate_der)) return not_a_plugin("the certificate in its handshake was not base64");
  }
  return out;
}

}  // namespace drift::terraform_internal
