#include "provider/pulumi/messages.hpp"

#include <doctest/doctest.h>

#include "unit/provider/pulumi/peer.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)

namespace {

template <class T>
Fields fields(const T& message) {
  std::string bytes;
  encode(message, bytes);
  return Fields(bytes);
}

constexpr std::string_view urn = "urn:pulumi:dev::proj::comp:x:Parent$aws:s3/bucket:Bucket::logs";

}  // namespace

TEST_CASE("pulumi messages: Handshake says what this host can do") {
  const Fields f = fields(HandshakeRequest{.engine_address = "127.0.0.1:1", .program_directory = "/plugins"});
  CHECK(f.text(1) == "127.0.0.1:1");
  CHECK(f.text(2) == "/plugins");
  CHECK(f.text(3) == "/plugins");
  CHECK(f.number(4) == 1);
  CHECK(f.number(5) == 0);  // views are not asked for
  CHECK(f.number(11) == 1);
  CHECK_FALSE(fields(HandshakeRequest{.engine_address = "x", .program_directory = {}}).has(2));
  const auto reply = decode_handshake(Message().number(1, 1).number(2, 0).number(3, 1).number(6, 1).number(99, 5).bytes());
  REQUIRE(reply.ok());
  CHECK(reply->accept_secrets);
  CHECK_FALSE(reply->accept_resources);
  CHECK(reply->accepts_byte_string);
}

TEST_CASE("pulumi messages: Configure sends empty texts and Structs rather than nothing") {
  const Fields f =
      fields(ConfigureRequest{.variables = {{"aws:config:region", "eu"}}, .args = "", .id = "i", .urn = urn, .name = "n", .type = "t"});
  CHECK(Fields(f.text(1)).text(1) == "aws:config:region");
  CHECK(Fields(f.text(1)).text(2) == "eu");
  CHECK(f.has(2));
  for (const unsigned tag : {3U, 4U, 5U, 6U}) CHECK(f.number(tag) == 1);
  CHECK(f.text(7) == "i");
  CHECK(f.text(8) == urn);
  CHECK(f.text(9) == "n");
  CHECK(f.text(10) == "t");
}

TEST_CASE("pulumi messages: Read and Diff name the resource, and send empty Structs") {
  const Fields read = fields(ReadCall{.id = "b-1", .urn = urn, .properties = "", .inputs = "", .timeout = 0});
  CHECK(read.text(1) == "b-1");
  CHECK(read.text(2) == urn);
  CHECK(read.has(3));
  CHECK(read.has(4));
  CHECK(read.text(5) == "logs");
  CHECK(read.text(6) == "aws:s3/bucket:Bucket");
  CHECK_FALSE(fields(ReadCall{.id = "b-1", .urn = urn, .properties = "", .inputs = {}, .timeout = 0}).has(4));

  const Fields diff = fields(
      DiffCall{.id = "b-1", .urn = urn, .old_inputs = "i", .old_outputs = "o", .new_inputs = "n", .ignore_changes = {"a.b", "c[*]"}});
  CHECK(diff.text(3) == "o");
  CHECK(diff.text(4) == "n");
  CHECK(diff.text(6) == "i");
  CHECK(diff.texts.at(5) == std::vector<std::string>{"a.b", "c[*]"});
  CHECK(diff.text(7) == "logs");
}

TEST_CASE("pulumi messages: an absent Struct and an empty one are told apart in a Read's answer") {
  const auto none = decode_read(Message().text(1, "i").bytes());
  REQUIRE(none.ok());
  CHECK_FALSE(none->properties.has_value());
  CHECK_FALSE(none->inputs.has_value());
  const auto empty = decode_read(Message().text(1, "i").text(2, "").text(3, "").number(4, 1).bytes());
  REQUIRE(empty.ok());
  CHECK(empty->properties == "");
  CHECK(empty->inputs == "");
}

TEST_CASE("pulumi messages: Diff's answer") {
  const auto reply = decode_diff(diff_reply(2, {detail("a", 0), detail("b.c", 3, true), detail("d", 77)}));
  REQUIRE(reply.ok());
  CHECK(reply->changes == DiffReply::Changes::some);
  REQUIRE(reply->detailed.size() == 3);
  CHECK(reply->detailed[0].kind == DiffReply::Kind::add);
  CHECK(reply->detailed[1].kind == DiffReply::Kind::remove_replace);
  CHECK(reply->detailed[1].input_diff);
  CHECK(reply->detailed[2].kind == DiffReply::Kind::update);
  CHECK(decode_diff("")->changes == DiffReply::Changes::unknown);
  CHECK(decode_diff(diff_reply(1))->changes == DiffReply::Changes::none);
  // Details that the provider does not vouch for.
  const auto old = decode_diff(Message().number(4, 2).text(5, "a").text(6, detail("a", 4)).bytes());
  REQUIRE(old.ok());
  CHECK(old->detailed.empty());
  CHECK(old->diffs == std::vector<std::string>{"a"});
}

TEST_CASE("pulumi messages: details of an error") {
  const std::string failed = Message().text(1, "id").text(2, struct_of(R"({"a":1})")).text(3, "not ready").text(3, "still not").bytes();
  const auto d = decode_error_details(any_of("pulumirpc.ErrorResourceInitFailed", failed));
  REQUIRE(d.ok());
  REQUIRE(d->init_failed.has_value());
  CHECK(d->init_failed->id == "id");
  CHECK(d->init_failed->reasons == std::vector<std::string>{"not ready", "still not"});
  CHECK_FALSE(d->init_failed->inputs.has_value());
  const std::string keys = Message().text(1, Message().text(1, "region").text(2, "where").bytes()).bytes();
  const auto missing = decode_error_details(any_of("pulumirpc.ConfigureErrorMissingKeys", keys));
  REQUIRE(missing.ok());
  REQUIRE(missing->missing_keys.size() == 1);
  CHECK(missing->missing_keys[0].first == "region");
  CHECK_FALSE(decode_error_details("")->init_failed.has_value());
  CHECK_FALSE(decode_error_details(any_of("other.Detail", failed))->init_failed.has_value());
}

TEST_CASE("pulumi messages: malformed bytes are an error with the message's name") {
  for (const auto& e : {decode_read("\xff").ok() ? Error(Errc::internal, "") : decode_read("\xff").error(), decode_diff("\x0a\x7f").error(),
                        decode_handshake("\x08").error(), decode_error_details("\x1a\x05").error(), decode_engine_log("\x12").error()}) {
    CHECK(e.code() == Errc::parse);
    CHECK(e.to_string().find("while reading its ") != std::string::npos);
  }
}

TEST_CASE("pulumi messages: Engine.Log and List") {
  const auto log = decode_engine_log(Message().number(1, 2).text(2, "careful").text(3, urn).bytes());
  REQUIRE(log.ok());
  CHECK(log->severity == EngineLog::Severity::warning);
  CHECK(log->message == "careful");
  CHECK(log->urn == urn);
  const auto found = decode_list_event(Message().text(2, Message().text(1, "i").text(2, "n").bytes()).bytes());
  REQUIRE(found.ok());
  REQUIRE(found->found.has_value());
  CHECK(found->found->first == "i");
  const auto more = decode_list_event(Message().text(3, Message().text(1, "tok").bytes()).bytes());
  CHECK(more->continuation == "tok");
  CHECK_FALSE(decode_list_event(Message().text(1, "").bytes())->found.has_value());
}
