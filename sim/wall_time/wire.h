// Reading and writing messages on a byte stream: one interface for HTTP/1.1 (http_wire.cc, on
// Boost.Beast's parser) and SIP over TCP (sip_wire.cc). Pure: bytes in, messages out; no sockets,
// no threads. Memory stays below the limits plus one read (16 KiB).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/message.h"

namespace shakedown::sim::wall {

struct WireLimits {
  std::size_t request_line = 8 * 1024;  // Without its CRLF.
  std::size_t header_bytes = 8 * 1024;  // All fields, with ": " and CRLF. SIP: start line, fields
                                        // and body together, at most `sip_message`.
  std::size_t header_count = 64;
  std::size_t body = 64 * 1024;
  std::size_t sip_message = 64 * 1024;
};

enum class ReadState : std::uint8_t {
  kHeader,    // More bytes of the header are needed.
  kBody,      // The header is whole; more bytes of the body are needed.
  kComplete,  // take() a message.
  kRefused,   // The stream cannot be used any more; see refusal().
};

struct Refusal {
  int status = 400;  // What a server answers.
  std::string reason;
};

class RequestReader {
 public:
  virtual ~RequestReader() = default;

  virtual ReadState feed(std::string_view bytes) = 0;

  const Refusal& refusal() const { return refusal_; }

  // In kBody: how many bytes the body has or may have; and whether the client waits for
  // "100 Continue" (RFC 9110 §10.1.1).
  virtual std::size_t body_bound() const = 0;
  virtual bool expects_continue() const = 0;
  // After kComplete. `target` is as on the wire. The reader then starts with what followed the
  // message: feed("") looks at it.
  virtual Request take() = 0;
  // Whether the connection may be used again after the message just taken.
  virtual bool keeps_alive() const = 0;
  // Nothing of a message has come yet.
  virtual bool is_idle() const = 0;

 protected:
  ReadState refuse(int status, std::string reason) {
    refusal_ = {status, std::move(reason)};
    return ReadState::kRefused;
  }

 private:
  Refusal refusal_;
};

class ResponseReader {
 public:
  virtual ~ResponseReader() = default;

  virtual ReadState feed(std::string_view bytes) = 0;
  // The peer ended the stream. kComplete: the end of the body, or a body that was cut short
  // (was_truncated()).
  virtual ReadState feed_end() = 0;
  virtual bool was_truncated() const = 0;
  virtual Response take() = 0;
  virtual bool keeps_alive() const = 0;

  const Refusal& refusal() const { return refusal_; }

 protected:
  ReadState refuse(std::string reason) {
    refusal_ = {0, std::move(reason)};
    return ReadState::kRefused;
  }

 private:
  Refusal refusal_;
};

std::unique_ptr<RequestReader> make_http_request_reader(const WireLimits& limits);
// `is_head`: the response to a HEAD has no body.
std::unique_ptr<ResponseReader> make_http_response_reader(const WireLimits& limits, bool is_head);
std::unique_ptr<RequestReader> make_sip_request_reader(const WireLimits& limits);
std::unique_ptr<ResponseReader> make_sip_response_reader(const WireLimits& limits);

// nullopt: a name, value, method or target would break the framing (CR, LF, blanks, no token).
// Framing fields of the message itself (Content-Length, Transfer-Encoding, Connection) are
// replaced.
std::optional<std::string> write_http_request(const Request& request, bool keep_alive);
std::optional<std::string> write_sip_request(const Request& request);

// A response as bytes: the header, then the body. In HTTP no body follows after HEAD, 204 and 304.
struct WrittenResponse {
  std::string header;
  std::string body;
};

std::optional<WrittenResponse> write_http_response(const Response& response,
                                                   bool is_head,
                                                   bool keep_alive);
std::optional<WrittenResponse> write_sip_response(const Response& response);

// The registered phrase of a status code ("Not Found"), or "Unknown".
std::string_view http_reason(int status);
std::string_view sip_reason(int status);

// Checks shared by both protocols: RFC 9110 §5.6.2 token, and a field value without CR, LF or NUL.
bool is_token(std::string_view text);
bool is_field_value(std::string_view text);

}  // namespace shakedown::sim::wall
