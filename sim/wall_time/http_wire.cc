// HTTP/1.1 on the wire, on Boost.Beast's parser (RFC 9112). Stricter than it where tolerance would
// be request smuggling: Content-Length together with Transfer-Encoding, several Content-Lengths or
// Hosts, another coding than chunked (RFC 9112 §6.1, §6.3, §3.2).
#include "sim/wall_time/boost_separate.h"
//
#include <algorithm>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include "sim/wall_time/wire.h"

namespace shakedown::sim::wall {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kVersionBytes = 8;          // "HTTP/1.1"
constexpr std::size_t kMaxChunkLine = 16 * 1024;  // A chunk's size, its extensions, the trailer.
constexpr int kMaxInterim = 8;                    // 1xx responses before the real one.

std::string text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

template <class Fields>
Headers headers_of(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields)
    headers.add(text_of(field.name_string()), text_of(field.value()));
  return headers;
}

bool is_framing_field(std::string_view name) {
  return equals_ignoring_case(name, "Content-Length") ||
         equals_ignoring_case(name, "Transfer-Encoding") ||
         equals_ignoring_case(name, "Connection") || equals_ignoring_case(name, "Keep-Alive");
}

// Beast's parser over a buffer of our own. kIsRequest as in Beast.
template <bool kIsRequest>
class ParserFeed {
 public:
  using Parser = http::parser<kIsRequest, http::string_body>;

  ParserFeed(std::size_t header_limit, std::size_t body_limit)
      : header_limit_(header_limit),
        body_limit_(body_limit) {
    restart();
  }

  void restart() {
    parser_.emplace();
    // Beast counts the start line as well, and refuses at the limit: ours are checked exactly
    // later.
    parser_->header_limit(static_cast<std::uint32_t>(header_limit_ + 1));
    parser_->body_limit(body_limit_);
    buffered_bytes_are_new_ = true;
  }

  void append(std::string_view bytes) {
    buffer_.append(bytes);
    buffered_bytes_are_new_ = buffered_bytes_are_new_ || !bytes.empty();
  }

  // Parses until the header is whole (`stop_at_header`), the message is, or bytes are missing.
  error_code parse(bool stop_at_header) {
    error_code ec;
    while (!parser_->is_done() && !buffer_.empty() && buffered_bytes_are_new_) {
      const bool had_header = parser_->is_header_done();
      const std::size_t used = parser_->put({buffer_.data(), buffer_.size()}, ec);
      buffer_.erase(0, used);
      if (ec == http::error::need_more) {
        ec = {};
        buffered_bytes_are_new_ = false;
        const std::size_t bound = had_header ? kMaxChunkLine : header_limit_ + 1;
        if (buffer_.size() > bound) ec = http::error::header_limit;
      }
      if (ec) break;
      if (stop_at_header && !had_header && parser_->is_header_done()) break;
    }
    return ec;
  }

  Parser& parser() { return *parser_; }

  const Parser& parser() const { return *parser_; }

  bool is_empty() const { return buffer_.empty() && !parser_->got_some(); }

 private:
  std::size_t header_limit_;
  std::size_t body_limit_;
  boost::optional<Parser> parser_;
  std::string buffer_;
  bool buffered_bytes_are_new_ = true;
};

std::size_t header_bytes(const http::fields& fields) {
  std::size_t bytes = 0;
  for (const auto& field : fields) bytes += field.name_string().size() + field.value().size() + 4;
  return bytes;
}

std::size_t count_of(const http::fields& fields, http::field name) { return fields.count(name); }

class HttpRequestReader final : public RequestReader {
 public:
  explicit HttpRequestReader(const WireLimits& limits)
      : limits_(limits),
        feed_(limits.request_line + limits.header_bytes + 2 * limits.header_count + 4,
              limits.body) {}

  ReadState feed(std::string_view bytes) override {
    feed_.append(bytes);
    if (!feed_.parser().is_header_done()) {
      if (const error_code ec = feed_.parse(true)) return refuse_for(ec);
      if (!feed_.parser().is_header_done()) return ReadState::kHeader;
      if (!header_is_acceptable()) return ReadState::kRefused;
    }
    if (const error_code ec = feed_.parse(false)) return refuse_for(ec);
    if (!feed_.parser().is_done()) return ReadState::kBody;
    // Trailer fields land among the headers.
    if (too_many_fields()) return refuse(431, "too many header fields");
    return ReadState::kComplete;
  }

  std::size_t body_bound() const override {
    const auto length = feed_.parser().content_length();
    return length ? static_cast<std::size_t>(*length) : limits_.body;
  }

  bool expects_continue() const override {
    const auto& message = feed_.parser().get();
    return message.version() >= 11 &&
           equals_ignoring_case(text_of(message[http::field::expect]), "100-continue");
  }

  Request take() override {
    auto& message = feed_.parser().get();
    Request request;
    request.protocol = Protocol::kHttp;
    request.method = text_of(message.method_string());
    request.target = text_of(message.target());
    request.headers = headers_of(message);
    request.body = std::move(message.body());
    keeps_alive_ = message.keep_alive();
    feed_.restart();
    return request;
  }

  bool keeps_alive() const override { return keeps_alive_; }

  bool is_idle() const override { return feed_.is_empty(); }

 private:
  ReadState refuse_for(error_code ec) {
    if (ec == http::error::header_limit) return refuse(431, "header too large");
    if (ec == http::error::body_limit) return refuse(413, "body too large");
    if (ec == http::error::bad_version) return refuse(505, "not HTTP/1.1");
    return refuse(400, ec.message());
  }

  bool too_many_fields() const {
    const auto& message = feed_.parser().get();
    return static_cast<std::size_t>(std::distance(message.begin(), message.end())) >
           limits_.header_count;
  }

  bool header_is_acceptable() {
    const auto& message = feed_.parser().get();
    const std::size_t line =
        message.method_string().size() + message.target().size() + 2 + kVersionBytes;
    if (line > limits_.request_line) return refuse(414, "request line too long"), false;
    if (too_many_fields()) return refuse(431, "too many header fields"), false;
    if (header_bytes(message) > limits_.header_bytes) return refuse(431, "header too large"), false;
    if (count_of(message, http::field::host) != 1)
      return refuse(400, "there must be one Host field"), false;
    const std::size_t lengths = count_of(message, http::field::content_length);
    const std::size_t codings = count_of(message, http::field::transfer_encoding);
    if (lengths + codings > 1) return refuse(400, "contradicting body lengths"), false;
    if (codings == 1 &&
        (message.version() < 11 ||
         !equals_ignoring_case(text_of(message[http::field::transfer_encoding]), "chunked"))) {
      return refuse(501, "unknown transfer coding"), false;
    }
    return true;
  }

  WireLimits limits_;
  ParserFeed<true> feed_;
  bool keeps_alive_ = false;
};

class HttpResponseReader final : public ResponseReader {
 public:
  HttpResponseReader(const WireLimits& limits, bool is_head)
      : limits_(limits),
        is_head_(is_head),
        feed_(limits.request_line + limits.header_bytes, limits.body) {
    feed_.parser().skip(is_head);
  }

  ReadState feed(std::string_view bytes) override {
    feed_.append(bytes);
    while (true) {
      if (!feed_.parser().is_header_done()) {
        if (const error_code ec = feed_.parse(true)) return refuse_for(ec);
        if (!feed_.parser().is_header_done()) return ReadState::kHeader;
        if (feed_.parser().get().result_int() / 100 == 1) {
          if (!skip_interim()) return ReadState::kRefused;
          continue;
        }
        if (!header_is_acceptable()) return ReadState::kRefused;
      }
      if (const error_code ec = feed_.parse(false)) return refuse_for(ec);
      return feed_.parser().is_done() ? ReadState::kComplete : ReadState::kBody;
    }
  }

  ReadState feed_end() override {
    if (!feed_.parser().is_header_done()) return refuse("connection closed");
    error_code ec;
    if (!feed_.parser().is_done()) feed_.parser().put_eof(ec);
    was_truncated_ = static_cast<bool>(ec);
    return ReadState::kComplete;
  }

  bool was_truncated() const override { return was_truncated_; }

  bool keeps_alive() const override { return keeps_alive_; }

  Response take() override {
    auto& message = feed_.parser().get();
    keeps_alive_ = !was_truncated_ && message.keep_alive() && !message.need_eof();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      // How the body was framed on this connection is none of the actor's business.
      const std::string name = text_of(field.name_string());
      if (!is_framing_field(name)) response.headers.add(name, text_of(field.value()));
    }
    response.body = std::move(message.body());
    return response;
  }

 private:
  ReadState refuse_for(error_code ec) {
    if (ec == http::error::header_limit) return refuse("response header over the limit");
    if (ec == http::error::body_limit) return refuse("response body over the limit");
    return refuse("malformed response: " + ec.message());
  }

  bool skip_interim() {
    if (++interim_ > kMaxInterim) return refuse("too many interim responses"), false;
    feed_.restart();
    feed_.parser().skip(is_head_);
    return true;
  }

  bool header_is_acceptable() {
    const auto& message = feed_.parser().get();
    const auto count = static_cast<std::size_t>(std::distance(message.begin(), message.end()));
    if (count > limits_.header_count || header_bytes(message) > limits_.header_bytes)
      return refuse("response header over the limit"), false;
    if (count_of(message, http::field::content_length) +
            count_of(message, http::field::transfer_encoding) >
        1) {
      return refuse("malformed response: contradicting body lengths"), false;
    }
    return true;
  }

  WireLimits limits_;
  bool is_head_;
  ParserFeed<false> feed_;
  int interim_ = 0;
  bool was_truncated_ = false;
  bool keeps_alive_ = false;
};

bool append_http_fields(const Headers& headers, std::string& out) {
  for (const auto& [name, value] : headers.fields()) {
    if (is_framing_field(name)) continue;
    if (!is_token(name) || !is_field_value(value)) return false;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return true;
}

bool has_no_body(int status) { return status == 204 || status == 304; }

}  // namespace

std::unique_ptr<RequestReader> make_http_request_reader(const WireLimits& limits) {
  return std::make_unique<HttpRequestReader>(limits);
}

std::unique_ptr<ResponseReader> make_http_response_reader(const WireLimits& limits, bool is_head) {
  return std::make_unique<HttpResponseReader>(limits, is_head);
}

std::optional<std::string> write_http_request(const Request& request, bool keep_alive) {
  const bool target_is_plain =
      !request.target.empty() && std::all_of(request.target.begin(), request.target.end(),
                                             [](char c) { return c > ' ' && c != '\x7f'; });
  if (!is_token(request.method) || !target_is_plain) return std::nullopt;
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!append_http_fields(request.headers, out)) return std::nullopt;
  const bool needs_length =
      !request.body.empty() || (request.method != "GET" && request.method != "HEAD");
  if (needs_length) out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  out += request.body;
  return out;
}

std::optional<WrittenResponse> write_http_response(const Response& response,
                                                   bool is_head,
                                                   bool keep_alive) {
  if (response.status < 200 || response.status > 999) return std::nullopt;
  WrittenResponse out;
  out.header = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.header += std::string(http_reason(response.status)) + "\r\n";
  if (!append_http_fields(response.headers, out.header)) return std::nullopt;
  if (!has_no_body(response.status))
    out.header += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  if (!keep_alive) out.header += "Connection: close\r\n";
  out.header += "\r\n";
  if (!is_head && !has_no_body(response.status)) out.body = response.body;
  return out;
}

std::string_view http_reason(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  const auto phrase = http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

}  // namespace shakedown::sim::wall
