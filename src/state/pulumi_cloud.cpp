#include "state/pulumi_cloud.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/web_url.hpp"
#include "drift/model/json.hpp"
#include "drift/version.hpp"
#include "state/base64.hpp"
#include "state/pulumi_files.hpp"
#include "third/curl_transport.hpp"
#include "third/digest.hpp"

namespace drift::state_internal {
namespace {

constexpr int attempts = 4;
constexpr int most_redirects = 5;
// In one request; what answers is held in memory three times for a moment.
constexpr std::size_t batch_size = 200;
constexpr std::uint64_t most_decrypted = std::uint64_t{256} << 20;
constexpr std::chrono::seconds longest_wait(60);
constexpr std::chrono::milliseconds first_wait(500);
// Between two looks at cancel and deadline.
constexpr std::chrono::milliseconds slice(50);

bool may_pass(int status) { return status == 429 || status == 500 || status == 502 || status == 503 || status == 504; }
bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

// The seconds of a Retry-After; its other form, a date, is that of nobody who is asked here.
std::optional<Clock::Duration> retry_after(const HttpResponse& answer) {
  const std::string_view text = answer.header("Retry-After");
  if (text.empty() || text.size() > 6 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::min<Clock::Duration>(longest_wait, std::chrono::seconds(std::stol(std::string(text))));
}

Status wait(Clock::Duration whole, const OpContext& ctx) {
  const Clock::Duration until = ctx.clock->monotonic() + whole;
  for (Clock::Duration left = whole; left > Clock::Duration::zero(); left = until - ctx.clock->monotonic()) {
    DRIFT_TRY(ctx.check());
    ctx.clock->sleep_part(std::min<Clock::Duration>(left, slice), left);
  }
  return ctx.check();
}

// "https://host:port" in lower case, with the port of the scheme when none is given; empty for what is no such URL.
std::string origin_of(std::string_view url) {
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return {};
  const std::size_t begin = url.find("//") + 2;
  std::string host(url.substr(begin, url.find_first_of("/?#", begin) - begin));
  std::transform(host.begin(), host.end(), host.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (host.find('@') != std::string::npos) return {};
  if (const std::size_t colon = host.rfind(':'); colon == std::string::npos || host.find(']', colon) != std::string::npos)
    host += secure ? ":443" : ":80";
  return (secure ? "https://" : "http://") + host;
}

// Where a redirect goes; empty: nowhere that is followed.
std::string redirect_target(const std::string& from, std::string_view location) {
  std::string to(location);
  if (location.starts_with("//")) return {};
  if (location.starts_with("/")) to = from.substr(0, from.find('/', from.find("//") + 2)) + to;
  if (origin_of(to).empty()) return {};
  if (from.starts_with("https://") && !to.starts_with("https://")) return {};
  return to;
}

// `last` of a stack. A name of another kind would name another path: `..` goes up, however it is written.
Result<std::string> path_of(const PulumiStackId& id, std::string_view last) {
  std::string out = "/api/stacks/";
  for (const std::string* part : {&id.organisation, &id.project, &id.stack}) {
    if (!is_stack_name(*part))
      return Error(Errc::invalid_argument, "this is no name of an organisation, a project or a stack")
          .at(one_line(*part))
          .next("names have letters, digits, `-`, `_` and `.`, and at most 100 bytes");
    out += *part + "/";
  }
  return out + std::string(last);
}

}  // namespace

PulumiCloud::PulumiCloud(std::string url, const std::string& token, std::shared_ptr<Transport> transport)
    : url_(std::move(url)), token_(token), transport_(transport != nullptr ? std::move(transport) : third::make_curl_transport()) {}

HttpRequest PulumiCloud::request(std::string_view method, const std::string& path) const {
  HttpRequest out;
  out.method = method;
  out.url = url_ + path;
  out.headers = {{"Accept", "application/vnd.pulumi+8"},
                 {"Content-Type", "application/json"},
                 {"User-Agent", "libdrift/" + std::to_string(DRIFT_VERSION_MAJOR) + "." + std::to_string(DRIFT_VERSION_MINOR)}};
  return out;
}

Error PulumiCloud::refused(int status) const {
  const std::string number = std::to_string(status);
  if (status == 401 || status == 403)
    return Error(Errc::permission, "the service did not accept the access token (HTTP " + number + ")")
        .at(url_)
        .next("log in again with pulumi login, or set PULUMI_ACCESS_TOKEN to a token that may read this stack");
  if (status == 404)
    return Error(Errc::not_found, "the service knows no such stack, or does not show it to this token (HTTP 404)")
        .at(url_)
        .next("check organisation, project and stack: `pulumi stack ls --all` lists them");
  if (status == 429) return Error(Errc::read_throttled, "the service was asked too often (HTTP 429)").at(url_).next("try again later");
  return Error(Errc::io, "the service answered with HTTP " + number).at(url_).next("try again later").retryable(status >= 500);
}

Error PulumiCloud::strange(const char* what) const {
  return Error(Errc::bad_structure, std::string("the service's answer was not as its documentation says: ") + what)
      .at(url_)
      .next("check that the URL is that of the service's API");
}

Result<HttpResponse> PulumiCloud::try_often(const HttpRequest& request, const OpContext& ctx) const {
  Clock::Duration pause = first_wait;
  for (int attempt = 1;; ++attempt, pause *= 2) {
    Result<HttpResponse> answer = transport_->send(request, ctx);
    const bool again = answer ? may_pass(answer->status) : answer.error().is_retryable();
    if (!again || attempt == attempts) {
      if (answer) return answer;
      const Error& e = answer.error();
      return Error(e.code(), e.message()).at(url_).next(e.next_step()).retryable(e.is_retryable());
    }
    ctx.tell(LogLevel::info, "service_retried", {}, "the Pulumi service did not answer, and is asked again");
    DRIFT_TRY(wait(answer ? retry_after(*answer).value_or(pause) : pause, ctx));
  }
}

Result<HttpResponse> PulumiCloud::send(HttpRequest request, const OpContext& ctx) const {
  DRIFT_TRY(base_internal::check_service_url(url_));
  const HttpHeader authorization{"Authorization", "token " + std::string(token_.view())};
  const std::string home = origin_of(url_);
  for (int redirects = 0;; ++redirects) {
    HttpRequest now = request;
    if (origin_of(request.url) == home && !home.empty()) now.headers.push_back(authorization);
    Result<HttpResponse> answer = try_often(now, ctx);
    for (HttpHeader& h : now.headers)
      if (h.name == authorization.name) third::wipe(h.value);
    if (!answer) return answer;
    if (answer->status >= 200 && answer->status < 300) return answer;
    if (!is_redirect(answer->status)) return refused(answer->status);
    const std::string to = request.method == "GET" ? redirect_target(request.url, answer->header("Location")) : std::string();
    if (to.empty() || redirects == most_redirects)
      return Error(Errc::io,
                   "the service sent the request elsewhere, where it was not followed (HTTP " + std::to_string(answer->status) + ")")
          .at(url_)
          .next("give the URL that the service has now: PULUMI_BACKEND_URL, or pulumi login");
    request.url = to;
  }
}

Result<std::string> PulumiCloud::export_stack(const PulumiStackId& id, std::uint64_t most_bytes, const OpContext& ctx) const {
  const Result<std::string> path = path_of(id, "export");
  if (!path) return path.error();
  HttpRequest r = request("GET", *path);
  r.max_body = most_bytes;
  Result<HttpResponse> answer = send(std::move(r), ctx);
  if (!answer) return std::move(answer).error();
  return std::move(answer->body);
}

Result<std::string> PulumiCloud::user(const OpContext& ctx) const {
  Result<HttpResponse> answer = send(request("GET", "/api/user"), ctx);
  if (!answer) return std::move(answer).error();
  const Result<Value> body = parse_json(answer->body);
  if (!body || !is_stack_name(body->string_or("githubLogin"))) return strange("it names no user");
  return std::string(body->string_or("githubLogin"));
}

Result<std::vector<third::SecretBytes>> PulumiCloud::decrypt(const PulumiStackId& id, const std::vector<std::string>& ciphertexts,
                                                             const OpContext& ctx) const {
  const Result<std::string> path = path_of(id, "batch-decrypt");
  if (!path) return path.error();
  std::vector<third::SecretBytes> out;
  for (std::size_t at = 0; at < ciphertexts.size(); at += batch_size) {
    const std::size_t end = std::min(ciphertexts.size(), at + batch_size);
    Value::List list;
    for (std::size_t i = at; i < end; ++i) list.emplace_back(ciphertexts[i]);
    Object body;
    body.set("ciphertexts", Value(std::move(list)));
    HttpRequest r = request("POST", *path);
    r.body = to_json(Value(std::move(body)));
    r.max_body = most_decrypted;
    Result<HttpResponse> answer = send(std::move(r), ctx);
    if (!answer) return std::move(answer).error();
    const Result<Value> given = parse_json(answer->body);
    third::wipe(answer->body);
    const Value* texts = given ? given->find("plaintexts") : nullptr;
    if (texts == nullptr) return strange("it holds no plaintexts");
    for (std::size_t i = at; i < end; ++i) {
      const Value* given_text = texts->find(ciphertexts[i]);
      if (given_text == nullptr || !given_text->is_string()) return strange("a plaintext is missing");
      std::optional<std::string> text = base64_decode(given_text->as_string());
      if (!text) return strange("a plaintext is no base64");
      out.emplace_back(*std::move(text));
    }
  }
  return out;
}

}  // namespace drift::state_internal
