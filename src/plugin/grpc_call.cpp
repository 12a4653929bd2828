#include "plugin/grpc_call.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "third/digest.hpp"

namespace drift::plugin {
namespace {

// More than any plugin's status, less than harm.
constexpr std::size_t max_header_bytes = std::size_t{1} << 20;

std::optional<int> number(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

// Binary headers come with padding or without.
std::string decode_binary(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded.push_back('=');
  std::string out;
  return third::base64_decode(padded, out) ? out : std::string();
}

}  // namespace

std::string frame_message(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 5);
  out.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(message.size() >> shift & 0xFFU));
  out.append(message);
  return out;
}

GrpcReply own_reply(int code, std::string message) {
  GrpcReply reply;
  reply.status.code = code;
  reply.status.message = std::move(message);
  reply.ours = true;
  reply.own_words = true;
  return reply;
}

bool MessageReader::begin() {
  if (prefix_[0] != 0) {
    why_ = own_reply(GrpcCode::internal, "the plugin sent a compressed message, which was not asked for (grpc-accept-encoding: identity)");
    return false;
  }
  want_ = 0;
  for (int i = 1; i < 5; ++i) want_ = want_ << 8 | prefix_[i];
  if (want_ > most_) {
    why_ = own_reply(GrpcCode::resource_exhausted, "the plugin began a message of " + std::to_string(want_) + " bytes, and at most " +
                                                       std::to_string(most_) + " are taken");
    return false;
  }
  message_.clear();
  message_.reserve(std::min(want_, reserve_));
  return true;
}

bool MessageReader::feed(std::string_view bytes, const std::function<void(std::string&&)>& on_message) {
  if (!why_.ok()) return false;
  for (;;) {
    while (prefix_size_ < sizeof prefix_) {
      if (bytes.empty()) return true;
      prefix_[prefix_size_++] = static_cast<std::uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      if (prefix_size_ == sizeof prefix_ && !begin()) return false;
    }
    const std::size_t n = std::min(bytes.size(), want_ - message_.size());
    message_.append(bytes.substr(0, n));
    bytes.remove_prefix(n);
    if (message_.size() < want_) return true;
    prefix_size_ = 0;
    on_message(std::exchange(message_, {}));
  }
}

GrpcCall::GrpcCall(CallId call, Done done, OnMessage on_message, std::size_t max_message)
    : id(call), done_(std::move(done)), on_message_(std::move(on_message)), in_(max_message) {}

void GrpcCall::on_header(std::string_view name, std::string_view value) {
  header_bytes_ += name.size() + value.size();
  if (header_bytes_ > max_header_bytes) return;
  if (name == ":status") {
    http_status_ = number(value).value_or(0);
  } else if (name == "content-type") {
    content_type_ = value;
  } else if (name == "grpc-status") {
    status_ = number(value).value_or(GrpcCode::unknown);
  } else if (name == "grpc-message") {
    status_message_ = percent_decode(value);
  } else if (name == "grpc-status-details-bin") {
    details_ = decode_binary(value);
  }
}

bool GrpcCall::on_data(std::string_view bytes) {
  if (refused_head()) return true;  // the body of a proxy's error page, or the like; ended() tells
  return in_.feed(bytes, [this](std::string&& message) {
    if (on_message_) {
      on_message_(message);
    } else if (message_) {
      too_many_ = true;
    } else {
      message_ = std::move(message);
    }
  });
}

// An answer that is not gRPC at all.
std::optional<GrpcReply> GrpcCall::refused_head() const {
  if (status_) return std::nullopt;
  GrpcReply reply;
  reply.own_words = true;
  if (http_status_ != 200) {
    reply.status = {grpc_code_of_http(http_status_), "the answer's HTTP status was " + std::to_string(http_status_), {}};
    return reply;
  }
  if (!content_type_.starts_with("application/grpc")) {
    reply.status = {GrpcCode::unknown, "the answer was no gRPC (content-type)", {}};
    return reply;
  }
  return std::nullopt;
}

GrpcReply GrpcCall::ended() {
  if (std::optional<GrpcReply> refused = refused_head()) return std::move(*refused);
  if (!status_) return own_reply(GrpcCode::internal, "the plugin ended the answer without a status");
  GrpcReply reply;
  reply.status = {*status_, std::move(status_message_), std::move(details_)};
  if (!reply.ok()) return reply;
  if (in_.amid_message()) return own_reply(GrpcCode::internal, "the plugin ended the answer amid a message");
  if (on_message_) return reply;
  if (too_many_) return own_reply(GrpcCode::internal, "the plugin answered with more than one message");
  if (!message_) return own_reply(GrpcCode::internal, "the plugin answered without a message");
  reply.message = std::move(*message_);
  return reply;
}

void GrpcCall::finish(GrpcReply reply) {
  if (done_) std::exchange(done_, nullptr)(std::move(reply));
}

}  // namespace drift::plugin
