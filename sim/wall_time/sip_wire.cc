// SIP over a stream (RFC 3261 §7, §18.3): a start line, header fields, an empty line, and as many
// bytes as Content-Length says. Compact names are understood for it; folded lines are joined.
#include <algorithm>
#include <charconv>

#include "sim/wall_time/wire.h"

namespace shakedown::sim::wall {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A whole message, or what is missing or wrong.
struct Framed {
  ReadState state = ReadState::kHeader;
  Refusal refusal;
  std::string start_line;
  Headers headers;
  std::string body;
  std::size_t body_size = 0;
};

// Splits the bytes of a stream into messages. Shared by requests and responses.
class SipFraming {
 public:
  explicit SipFraming(const WireLimits& limits)
      : limits_(limits) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }

  bool is_empty() const { return buffer_.empty(); }

  const Framed& framed() const { return framed_; }

  ReadState read() {
    if (framed_.state == ReadState::kHeader) read_header();
    if (framed_.state == ReadState::kBody && buffer_.size() >= framed_.body_size) {
      framed_.body = buffer_.substr(0, framed_.body_size);
      buffer_.erase(0, framed_.body_size);
      framed_.state = ReadState::kComplete;
    }
    return framed_.state;
  }

  Framed take() { return std::exchange(framed_, Framed{}); }

 private:
  void refuse(int status, std::string reason) {
    framed_.state = ReadState::kRefused;
    framed_.refusal = {status, std::move(reason)};
  }

  void read_header() {
    // CRLFs between messages keep a connection alive (RFC 5626 §3.5.1) and mean nothing.
    buffer_.erase(0, std::min(buffer_.find_first_not_of("\r\n"), buffer_.size()));
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (buffer_.size() > limits_.sip_message) refuse(513, "message too large");
      return;
    }
    const std::string header = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    parse_header(header);
    if (framed_.state == ReadState::kRefused) return;
    if (header.size() + 2 > limits_.sip_message ||
        framed_.body_size > limits_.sip_message - header.size() - 2) {
      return refuse(513, "message too large");
    }
    framed_.state = ReadState::kBody;
  }

  void parse_header(std::string_view text) {
    const auto line_end = text.find("\r\n");
    framed_.start_line = text.substr(0, line_end);
    text.remove_prefix(line_end + 2);
    std::string name;
    std::string value;
    std::size_t count = 0;
    const auto flush = [&] {
      if (!name.empty()) framed_.headers.add(std::exchange(name, {}), std::exchange(value, {}));
    };
    while (!text.empty()) {
      const auto end = text.find("\r\n");
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(end + 2);
      if (line.front() == ' ' || line.front() == '\t') {  // A folded line (RFC 3261 §7.3.1).
        if (name.empty()) return refuse(400, "malformed header field");
        value.append(" ").append(trim(line));
        continue;
      }
      flush();
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || !is_token(trim(line.substr(0, colon))) ||
          !is_field_value(line)) {
        return refuse(400, "malformed header field");
      }
      if (++count > limits_.header_count) return refuse(400, "too many header fields");
      name = trim(line.substr(0, colon));
      value = trim(line.substr(colon + 1));
    }
    flush();
    read_length();
  }

  void read_length() {
    auto values = framed_.headers.get_all("Content-Length");
    for (const std::string_view compact : framed_.headers.get_all("l")) values.push_back(compact);
    if (values.size() > 1) return refuse(400, "several Content-Lengths");
    if (values.empty()) return;  // No body (over a stream the field is mandatory; be lenient).
    const auto size = parse_number<std::size_t>(values.front());
    if (!size) return refuse(400, "malformed Content-Length");
    framed_.body_size = *size;
    framed_.headers.remove("Content-Length");
    framed_.headers.remove("l");
  }

  WireLimits limits_;
  std::string buffer_;
  Framed framed_;
};

class SipRequestReader final : public RequestReader {
 public:
  explicit SipRequestReader(const WireLimits& limits)
      : framing_(limits) {}

  ReadState feed(std::string_view bytes) override {
    framing_.feed(bytes);
    const ReadState state = framing_.read();
    if (state == ReadState::kRefused)
      return refuse(framing_.framed().refusal.status, framing_.framed().refusal.reason);
    if (state != ReadState::kHeader && !start_line_is_good())
      return refuse(400, "malformed request line");
    return state;
  }

  std::size_t body_bound() const override { return framing_.framed().body_size; }

  bool expects_continue() const override { return false; }

  Request take() override {
    Framed framed = framing_.take();
    const std::string_view line = framed.start_line;
    const auto space = line.find(' ');
    Request request;
    request.protocol = Protocol::kSip;
    request.method = line.substr(0, space);
    request.target = line.substr(space + 1, line.rfind(' ') - space - 1);
    request.headers = std::move(framed.headers);
    request.body = std::move(framed.body);
    return request;
  }

  bool keeps_alive() const override { return true; }

  bool is_idle() const override { return framing_.is_empty(); }

 private:
  bool start_line_is_good() const {
    const std::string_view line = framing_.framed().start_line;
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    return first != std::string_view::npos && first + 1 < last && is_token(line.substr(0, first)) &&
           line.substr(last + 1) == kVersion &&
           line.substr(first + 1, last - first - 1).find_first_of(" \t") == std::string_view::npos;
  }

  SipFraming framing_;
};

class SipResponseReader final : public ResponseReader {
 public:
  explicit SipResponseReader(const WireLimits& limits)
      : framing_(limits) {}

  ReadState feed(std::string_view bytes) override {
    framing_.feed(bytes);
    while (true) {
      const ReadState state = framing_.read();
      if (state == ReadState::kRefused) return refuse("malformed response");
      if (state == ReadState::kHeader) return state;
      if (!read_start_line()) return refuse("malformed response");
      if (state != ReadState::kComplete || status_ >= 200) return state;
      framing_.take();  // A provisional response (RFC 3261 §13.2.2.1): the final one follows.
    }
  }

  ReadState feed_end() override { return refuse("connection closed"); }

  bool was_truncated() const override { return false; }

  bool keeps_alive() const override { return true; }

  Response take() override {
    Framed framed = framing_.take();
    Response response;
    response.status = status_;
    response.reason = reason_;
    response.headers = std::move(framed.headers);
    response.body = std::move(framed.body);
    return response;
  }

 private:
  bool read_start_line() {
    const std::string_view line = framing_.framed().start_line;
    constexpr std::size_t kCodeAt = kVersion.size() + 1;
    if (line.size() < kCodeAt + 3 || line.substr(0, kVersion.size()) != kVersion ||
        line[kVersion.size()] != ' ') {
      return false;
    }
    const auto status = parse_number<int>(line.substr(kCodeAt, 3));
    const std::string_view rest = line.substr(kCodeAt + 3);
    if (!status || *status < 100 || *status > 699 || (!rest.empty() && rest.front() != ' '))
      return false;
    status_ = *status;
    reason_ = trim(rest);
    return true;
  }

  SipFraming framing_;
  int status_ = 0;
  std::string reason_;
};

bool append_sip_fields(const Headers& headers, std::string& out) {
  for (const auto& [name, value] : headers.fields()) {
    if (equals_ignoring_case(name, "Content-Length") || equals_ignoring_case(name, "l")) continue;
    if (!is_token(name) || !is_field_value(value)) return false;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return true;
}

}  // namespace

std::unique_ptr<RequestReader> make_sip_request_reader(const WireLimits& limits) {
  return std::make_unique<SipRequestReader>(limits);
}

std::unique_ptr<ResponseReader> make_sip_response_reader(const WireLimits& limits) {
  return std::make_unique<SipResponseReader>(limits);
}

std::optional<std::string> write_sip_request(const Request& request) {
  const bool target_is_plain =
      !request.target.empty() && std::all_of(request.target.begin(), request.target.end(),
                                             [](char c) { return c > ' ' && c != '\x7f'; });
  if (!is_token(request.method) || !target_is_plain) return std::nullopt;
  std::string out = request.method + " " + request.target + " " + std::string(kVersion) + "\r\n";
  if (!append_sip_fields(request.headers, out)) return std::nullopt;
  out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  return out;
}

std::optional<WrittenResponse> write_sip_response(const Response& response) {
  if (response.status < 100 || response.status > 699 || !is_field_value(response.reason))
    return std::nullopt;
  WrittenResponse out;
  const std::string reason =
      response.reason.empty() ? std::string(sip_reason(response.status)) : response.reason;
  out.header =
      std::string(kVersion) + " " + std::to_string(response.status) + " " + reason + "\r\n";
  if (!append_sip_fields(response.headers, out.header)) return std::nullopt;
  out.header += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  out.body = response.body;
  return out;
}

std::string_view sip_reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 428:
      return "Use Identity Header";
    case 436:
      return "Bad Identity Info";
    case 437:
      return "Unsupported Credential";
    case 438:
      return "Invalid Identity Header";
    case 486:
      return "Busy Here";
    case 500:
      return "Server Internal Error";
    case 503:
      return "Service Unavailable";
    case 513:
      return "Message Too Large";
    default:
      return "Unknown";
  }
}

}  // namespace shakedown::sim::wall
