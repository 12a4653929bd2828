#include "state/pulumi_secrets.hpp"

#include <doctest/doctest.h>

#include "drift/model/json.hpp"
#include "drift/state/reader.hpp"
#include "state/base64.hpp"
#include "state/pulumi_keys.hpp"
#include "unit/state/reading.hpp"
#include "unit/state/stacks.hpp"

using namespace drift;
using namespace drift::state_internal;

namespace {

PulumiSecretsOptions with(Environment environment) {
  PulumiSecretsOptions out;
  out.environment = std::move(environment);
  return out;
}

Result<Document> read(const std::string& text, const PulumiSecretsOptions& secrets, const Snapshot* known = nullptr) {
  ReadOptions options;
  options.secrets = &secrets;
  options.known = known;
  return read_document(ByteSource::bytes(text, "doc"), options);
}

Resource loaded(const Result<Document>& doc) {
  if (!doc) FAIL(doc.error().to_string());
  Result<Resource> r = doc->recorded->load(0);
  if (!r) FAIL(r.error().to_string());
  return *std::move(r);
}

void check_locked(const Result<Document>& doc, std::string_view why) {
  const Resource r = loaded(doc);
  CHECK(r.attributes.find("p")->secret() == Secret::ciphertext);
  const Note* note = reading::note(*doc->recorded, "secrets_locked");
  REQUIRE(note != nullptr);
  CAPTURE(note->message);
  CHECK(note->message.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("pulumi secrets: with the passphrase every secret is decrypted, and marked as one") {
  const std::string outputs = "{\"p\":" + stacks::secret(stacks::sealed_text) + ",\"o\":" + stacks::secret(stacks::sealed_object) +
                              ",\"n\":[" + stacks::secret(stacks::sealed_number) + "],\"open\":\"x\"}";
  const std::string text = stacks::checkpoint(outputs, stacks::with_passphrase(), "{\"p\":" + stacks::secret(stacks::sealed_text) + "}");
  const auto doc = read(text, with({{"PULUMI_CONFIG_PASSPHRASE", stacks::passphrase}}));
  const Resource r = loaded(doc);
  CHECK(*r.attributes.find("p") == Value("s3cr3t-canary").mark(Secret::plain));
  CHECK(r.attributes.find("o")->secret() == Secret::plain);
  CHECK(r.attributes.find("o")->find("pass")->as_list()[1].as_string() == "s3cr3t-canary-2");
  CHECK(r.attributes.find("n")->as_list()[0] == Value(12).mark(Secret::plain));
  CHECK_FALSE(r.attributes.find("open")->is_secret());
  CHECK(*r.inputs->find("p") == Value("s3cr3t-canary").mark(Secret::plain));
  CHECK(reading::note(*doc->recorded, "secrets_locked") == nullptr);
  // What is written of it says nothing of it.
  CHECK(to_json(r.attributes).find("canary") == std::string::npos);
  // The index is that of the ciphertexts: it does not depend on who can decrypt.
  CHECK(doc->recorded->entry(0).canonical == reading::read(text)->recorded->entry(0).canonical);
}

TEST_CASE("pulumi secrets: the passphrase can stand in a file, with blanks around it, and may be empty") {
  const stacks::TempDir dir;
  dir.file("phrase", "  correct horse \n\n");
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_text) + "}", stacks::with_passphrase());
  PulumiSecretsOptions options = with({{"PULUMI_CONFIG_PASSPHRASE_FILE", "phrase"}});
  options.working_folder = dir.path.string();
  CHECK(loaded(read(text, options)).attributes.find("p")->as_string() == "s3cr3t-canary");
  CHECK(loaded(read(text, with({{"PULUMI_CONFIG_PASSPHRASE_FILE", dir.inside("phrase")}}))).attributes.find("p")->is_string());
  // The variable wins, also when it is empty: an empty passphrase is one.
  options.environment["PULUMI_CONFIG_PASSPHRASE"] = "";
  CHECK(read(text, options).error().code() == Errc::encrypted_state);
  const std::string empty = stacks::checkpoint("{\"p\":" + stacks::secret("v1:AQEBAQEBAQEBAQEB:kasdRcllh1MMqYRXdmkEx2FfZNMEtcM=") + "}",
                                               R"({"type":"passphrase","state":{"salt":"v1:CwwNDg8QERI=:v1:KCkqKywtLi8wMTIz:)"
                                               R"(G8CGMvmBSmz88dWjjMe9cZFFCcPnUw=="}})");
  CHECK(loaded(read(empty, with({{"PULUMI_CONFIG_PASSPHRASE", ""}}))).attributes.find("p")->as_string() == "empty");

  const auto gone = read(text, with({{"PULUMI_CONFIG_PASSPHRASE_FILE", dir.inside("gone")}}));
  REQUIRE_FALSE(gone.ok());
  CHECK(gone.error().code() == Errc::not_found);
}

TEST_CASE("pulumi secrets: another passphrase is an error before anything is read, without a word of either") {
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_text) + "}", stacks::with_passphrase());
  const auto doc = read(text, with({{"PULUMI_CONFIG_PASSPHRASE", "wrong-canary"}}));
  REQUIRE_FALSE(doc.ok());
  CHECK(doc.error().code() == Errc::encrypted_state);
  CHECK(doc.error().is_fatal());
  CHECK(doc.error().next_step().find("PULUMI_CONFIG_PASSPHRASE") != std::string::npos);
  CHECK(doc.error().to_string().find("canary") == std::string::npos);
  // Without a secret there is nothing to decrypt, and no passphrase is looked at.
  CHECK(read(stacks::checkpoint("{\"p\":1}", stacks::with_passphrase()), with({{"PULUMI_CONFIG_PASSPHRASE", "wrong"}})).ok());
}

TEST_CASE("pulumi secrets: without a passphrase they stay ciphertexts, and that is noted") {
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_text) + "}", stacks::with_passphrase());
  check_locked(read(text, with({})), "PULUMI_CONFIG_PASSPHRASE");
  CHECK(reading::note(*reading::read(text)->recorded, "secrets_locked") == nullptr);  // nobody asked for them
}

TEST_CASE("pulumi secrets: a key is derived once for a salt and a passphrase") {
  PulumiSecretsOptions options = with({{"PULUMI_CONFIG_PASSPHRASE", stacks::passphrase}});
  options.keys = make_pulumi_keys();
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_text) + "}", stacks::with_passphrase());
  for (int i = 0; i < 3; ++i) CHECK(loaded(read(text, options)).attributes.find("p")->is_secret());
  CHECK(options.keys->derived() == 1);
  options.environment["PULUMI_CONFIG_PASSPHRASE"] = "another";
  CHECK_FALSE(read(text, options).ok());
  CHECK(options.keys->derived() == 2);
}

TEST_CASE("pulumi secrets: one that is damaged costs its own resource") {
  for (const std::string& bad : {std::string("v1:AQEBAQEBAQEBAQEB:QXllAj/l2eujtC4dPi+TsJ3XxZPVG435utvO/qwnpB=="), std::string("v1:x"),
                                 std::string("v2:AQEBAQEBAQEBAQEB:QXll"), std::string(), std::string("v1::")}) {
    CAPTURE(bad);
    const auto doc = read(stacks::checkpoint("{\"p\":" + stacks::secret(bad) + "}", stacks::with_passphrase()),
                          with({{"PULUMI_CONFIG_PASSPHRASE", stacks::passphrase}}));
    REQUIRE(doc.ok());
    const auto r = doc->recorded->load(0);
    REQUIRE_FALSE(r.ok());
    CHECK(r.error().code() == Errc::encrypted_state);
    CHECK(r.error().message().find("outputs.p") != std::string::npos);
  }
  const auto garbage = read(stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_garbage) + "}", stacks::with_passphrase()),
                            with({{"PULUMI_CONFIG_PASSPHRASE", stacks::passphrase}}));
  REQUIRE(garbage.ok());
  const auto r = garbage->recorded->load(0);
  REQUIRE_FALSE(r.ok());
  CHECK(r.error().code() == Errc::bad_structure);
  CHECK(r.error().to_string().find("not json") == std::string::npos);
}

TEST_CASE("pulumi secrets: a resource as the document has it is revealed in the document's own form, wherever its secrets are") {
  class Upper final : public PulumiSecrets {
   public:
    Result<third::SecretBytes> text(std::string_view c) const override {
      if (c == "bad") return Error(Errc::encrypted_state, "damaged").next("mend it");
      return third::SecretBytes("\"" + std::string(c) + "!\"");
    }
  };
  const auto revealed = [](const std::string& text) {
    Result<Value> v = parse_json(text);
    REQUIRE(v.ok());
    const Status s = reveal_pulumi(*v, Upper());
    return s.ok() ? to_json(*v) : s.error().message();
  };
  const std::string plain = R"({"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","plaintext":"\"a!\""})";
  CHECK(revealed(R"({"outputs":{"x":[1,{"y":)" + stacks::secret("a") + R"(}]},"inputs":{"z":)" + stacks::secret("a") + "}}") ==
        R"({"inputs":{"z":)" + plain + R"(},"outputs":{"x":[1,{"y":)" + plain + "}]}}");
  CHECK(revealed(R"({"outputs":{"x":[1,{"y":)" + stacks::secret("bad") + "}]}}") == "at outputs.x[1].y damaged");
  for (const char* as_it_is : {R"({"a":[{"b":null}],"ciphertext":"a"})",
                               R"({"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","ciphertext":"a"})"})
    CHECK(revealed(as_it_is) == to_json(*parse_json(as_it_is)));
}

TEST_CASE("pulumi secrets: a state of the passphrase provider that cannot be read is an error") {
  for (const char* state :
       {"{}", R"({"salt":""})", R"({"salt":"AQI=:v1:a:b"})", R"({"salt":"v1:"})", R"({"salt":"v1:!:v1:a:b"})", R"({"salt":7})"}) {
    CAPTURE(state);
    const auto doc =
        read(stacks::checkpoint("{\"p\":" + stacks::secret("v1:a:b") + "}", std::string(R"({"type":"passphrase","state":)") + state + "}"),
             with({{"PULUMI_CONFIG_PASSPHRASE", "x"}}));
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().code() == Errc::bad_structure);
  }
}

TEST_CASE("pulumi secrets: b64 needs nothing") {
  const std::string text =
      stacks::checkpoint("{\"p\":" + stacks::secret(base64_encode("\"s3cr3t-canary\"")) + "}", R"({"type":"b64","state":{}})");
  CHECK(*loaded(read(text, with({}))).attributes.find("p") == Value("s3cr3t-canary").mark(Secret::plain));
}

TEST_CASE("pulumi secrets: the host decrypts the data key of a cloud, once, in bytes or in base64") {
  const std::string sealed = "v1:BwcHBwcHBwcHBwcH:LQnKMxpr+pen83Ly+XPEmEUx8qLziBJ71XWKEwjj";  // "cloud-canary" under the bytes 0 to 31
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(i);
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(sealed) + ",\"q\":" + stacks::secret(sealed) + "}",
                                              R"({"type":"cloud","state":{"url":"awskms://alias/x","encryptedkey":"QUJD"}})");
  check_locked(read(text, with({})), "only the host program");
  for (const std::string& given : {key, base64_encode(key), std::string("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")}) {
    int asked = 0;
    PulumiSecretsOptions options;
    options.decrypt = [&](const DecryptRequest& r, const OpContext&) -> Result<std::vector<std::string>> {
      ++asked;
      CHECK(r.provider == "cloud");
      CHECK(r.data_key);
      CHECK(r.ciphertexts == std::vector<std::string>{"QUJD"});
      CHECK(parse_json(r.state)->string_or("url") == "awskms://alias/x");
      return std::vector<std::string>{given};
    };
    const auto doc = read(text, options);
    CHECK(loaded(doc).attributes.find("q")->as_string() == "cloud-canary");
    CHECK(loaded(doc).attributes.find("p")->as_string() == "cloud-canary");
    CHECK(asked == 1);
  }
  PulumiSecretsOptions options;
  options.decrypt = [](const DecryptRequest&, const OpContext&) -> Result<std::vector<std::string>> {
    return std::vector<std::string>{"short"};
  };
  CHECK(read(text, options).error().code() == Errc::encrypted_state);
  options.decrypt = [](const DecryptRequest&, const OpContext&) -> Result<std::vector<std::string>> { return std::vector<std::string>{}; };
  check_locked(read(text, options), "0 plaintexts");
  options.decrypt = [](const DecryptRequest&, const OpContext&) -> Result<std::vector<std::string>> {
    return Error(Errc::permission, "kms said no").next("ask for the role");
  };
  check_locked(read(text, options), "kms said no; ask for the role");
  options.decrypt = [](const DecryptRequest&, const OpContext&) -> Result<std::vector<std::string>> {
    return Error(Errc::cancelled, "stop");
  };
  CHECK(read(text, options).error().code() == Errc::cancelled);
}

TEST_CASE("pulumi secrets: what nobody knows the host is asked for, each text once, in the document's order") {
  const std::string outputs = "{\"a\":" + stacks::secret("A") + ",\"b\":" + stacks::secret("B") + ",\"p\":" + stacks::secret("A") + "}";
  for (const char* provider : {"acme", "passphrase", "service"}) {
    CAPTURE(provider);
    const std::string text =
        stacks::checkpoint(outputs, std::string(R"({"type":")") + provider + R"(","state":{"owner":"o","project":"p","stack":"s"}})");
    PulumiSecretsOptions options;
    options.decrypt = [&](const DecryptRequest& r, const OpContext&) -> Result<std::vector<std::string>> {
      CHECK(r.provider == provider);
      CHECK_FALSE(r.data_key);
      CHECK(r.ciphertexts == std::vector<std::string>{"A", "B"});
      return std::vector<std::string>{"\"one\"", "[1]"};
    };
    const auto doc = read(text, options);
    const Resource r = loaded(doc);
    CHECK(*r.attributes.find("p") == Value("one").mark(Secret::plain));
    CHECK(r.attributes.find("b")->secret() == Secret::plain);
    // A second document whose bytes are known is asked for all the same.
    CHECK(*loaded(read(text, options, &*doc->recorded)).attributes.find("a") == Value("one").mark(Secret::plain));
  }
  check_locked(read(stacks::checkpoint(outputs, R"({"type":"acme"})"), with({})), "acme");
  check_locked(read(stacks::checkpoint(outputs, "null"), with({})), "none is named");
}

TEST_CASE("pulumi secrets: resources that are taken over from a known document are decrypted as well") {
  PulumiSecretsOptions options = with({{"PULUMI_CONFIG_PASSPHRASE", stacks::passphrase}});
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret(stacks::sealed_text) + "}", stacks::with_passphrase());
  const auto first = reading::read(text);  // without secrets
  REQUIRE(first.ok());
  CHECK(loaded(read(text, options, &*first->recorded)).attributes.find("p")->as_string() == "s3cr3t-canary");
}

TEST_CASE("pulumi secrets: the service decrypts for whoever is logged in to it") {
  const std::string state = R"({"url":"https://api.pulumi.com","owner":"acme","project":"shop","stack":"dev"})";
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret("QQ==") + "}", R"({"type":"service","state":)" + state + "}");
  check_locked(read(text, with({})), "pulumi login");
  const auto answers = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{
      stacks::answer(200, R"({"plaintexts":{"QQ==":")" + base64_encode("\"s3cr3t-canary\"") + "\"}}")});
  PulumiSecretsOptions options = with({{"PULUMI_ACCESS_TOKEN", "token-canary"}});
  options.transport = answers;
  CHECK(loaded(read(text, options)).attributes.find("p")->as_string() == "s3cr3t-canary");
  REQUIRE(answers->requests.size() == 1);
  CHECK(answers->requests[0].url == "https://api.pulumi.com/api/stacks/acme/shop/dev/batch-decrypt");
  CHECK(stacks::header(answers->requests[0], "Authorization") == "token token-canary");
  CHECK(answers->requests[0].body == R"({"ciphertexts":["QQ=="]})");

  options.transport = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{stacks::answer(401)});
  check_locked(read(text, options), "access token");
}

TEST_CASE("pulumi secrets: a document cannot send the token to another path of the service") {
  PulumiSecretsOptions options = with({{"PULUMI_ACCESS_TOKEN", "token-canary"}});
  const auto nobody = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{});
  options.transport = nobody;
  for (const char* names : {R"("owner":"..","project":"p","stack":"s")", R"("owner":"o","project":"..","stack":"s")",
                            R"("owner":"o","project":"p","stack":"../s")"}) {
    CAPTURE(names);
    const std::string state = std::string(R"({"url":"https://api.pulumi.com",)") + names + "}";
    const auto doc =
        read(stacks::checkpoint("{\"p\":" + stacks::secret("QQ==") + "}", R"({"type":"service","state":)" + state + "}"), options);
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().code() == Errc::bad_structure);
  }
  CHECK(nobody->requests.empty());
}

TEST_CASE("pulumi secrets: a document cannot send the token where nobody is logged in") {
  const std::string state = R"({"url":"https://evil.example","owner":"acme","project":"shop","stack":"dev"})";
  const std::string text = stacks::checkpoint("{\"p\":" + stacks::secret("QQ==") + "}", R"({"type":"service","state":)" + state + "}");
  PulumiSecretsOptions options = with({{"PULUMI_ACCESS_TOKEN", "token-canary"}});
  const auto nobody = std::make_shared<stacks::Answers>(std::vector<stacks::Answers::Answer>{});
  options.transport = nobody;
  check_locked(read(text, options), "pulumi login");
  options.environment["PULUMI_BACKEND_URL"] = "https://api.acme.example";
  check_locked(read(text, options), "pulumi login");
  CHECK(nobody->requests.empty());
  for (const char* url : {"http://api.acme.example", "https://ann:pw-canary@api.acme.example"}) {
    CAPTURE(url);
    const std::string other =
        stacks::checkpoint("{\"p\":" + stacks::secret("QQ==") + "}", std::string(R"({"type":"service","state":{"url":")") + url +
                                                                         R"(","owner":"acme","project":"shop","stack":"dev"}})");
    options.environment["PULUMI_BACKEND_URL"] = url;
    check_locked(read(other, options), "the service");
    CHECK(reading::note(*read(other, options)->recorded, "secrets_locked")->message.find("canary") == std::string::npos);
  }
  CHECK(nobody->requests.empty());
}
