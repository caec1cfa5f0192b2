// Where OpenSSL's (and SoftHSM's) random octets come from.
//
// A provider of ours replaces OpenSSL's generator in the default library context. It passes through
// to the operating system, except on a thread that has entered a random stream: then octets come
// from ChaCha20 keyed by the stream's lineage, so that keys, signatures and certificates of a
// virtual run are byte-identical for a seed. A recorded seed re-derives those keys; real secrets
// never come near a stream.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/octets/bytes.h"
#include "sim/random.h"
#include "sim/result.h"

namespace shakedown::crypto {

// Call first thing in main, before anything draws a random octet. Calling again is harmless.
// Error: kEnvironment (OpenSSL refused, for example because something already drew).
Status install_randomness_provider();
bool randomness_provider_is_installed();

// From here until leave, OpenSSL's random octets on this thread come from the stream of `key`,
// which starts anew at each enter. Streams do not nest and a fiber must not suspend within one
// (asserted). The provider must be installed (asserted).
void enter_random_stream(sim::Lineage key);
void leave_random_stream();
// Octets drawn on this thread since the last enter: what an operation consumes.
std::uint64_t octets_drawn_from_stream();

// A guard for code outside of a runtime's compute.
class RandomStream {
 public:
  explicit RandomStream(sim::Lineage key) { enter_random_stream(key); }

  ~RandomStream() { leave_random_stream(); }

  RandomStream(const RandomStream&) = delete;
  RandomStream& operator=(const RandomStream&) = delete;
};

// Octets from OpenSSL's generator, hence from the stream if one is entered. The process stops if
// the operating system has no randomness to give.
Bytes random_bytes(std::size_t size);
SecretBytes random_secret(std::size_t size);

}  // namespace shakedown::crypto
