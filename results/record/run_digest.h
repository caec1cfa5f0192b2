// The two digests of a run, over everything that its actors recorded.
//
// The outcome digest says who did what, when, with what outcome, for what reason and how fast: it
// is equal on every machine, compiler and OpenSSL version, and `replay` compares it. The artefact
// digest adds the bytes (fingerprints, DER, URLs, free text that may quote them): it is equal for
// one OpenSSL version.
//
// Canonical form. A record is one line: fields separated by TAB, ended by LF; in a field TAB, LF,
// CR and backslash stand as \t, \n, \r and \\. Times are nanoseconds since 1970, absent values
// are "-", an absent text is empty, enumerations are their words, true is 1. Every line begins with
// world time, recording actor and type; then come the event's fields of the outcome digest as
// event_description.h has them, in its order. A trace is a list of "step=result@started+took," of
// those steps that took time or did not simply pass. Lines are ordered by time, then by their
// bytes, so the order in which records of one instant arrive does not matter. The outcome digest
// hashes "outcome v1" LF and these lines. The artefact digest hashes "artefact v1" LF, then for
// each line, in the same order (lines that are equal: by their artefacts), one line of the event's
// fields of the artefact digest and at last "outcome" TAB the outcome digest LF. A change of this
// form is a new version.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "crypto/octets/digest.h"
#include "sim/time.h"
#include "sim/world.h"

namespace shakedown::results {

// The version of the canonical form, which every run records: digests of two forms say nothing
// about each other. It changes with the form, at most once a release.
inline constexpr int kDigestForm = 1;

class Digests {
 public:
  struct Values {
    std::string outcome;
    std::string artefact;
  };

  // `hashed`, if given, gets the texts that the digests are made of, for those who compare them.
  explicit Digests(Values* hashed = nullptr);

  // Records come in order of world time, as from a virtual run. On the wall clock, where arrival
  // may differ from it, a record that comes late counts in order of arrival.
  void add(const sim::Recorded& recorded);

  // Once, after the last record.
  Values finish();

 private:
  // A record of the present instant: its outcome line and its artefacts lie in text_.
  struct Entry {
    std::size_t begin;
    std::size_t artefacts;
    std::size_t end;
  };

  void flush_instant();
  std::string_view outcome_of(const Entry& entry) const;
  std::string_view artefacts_of(const Entry& entry) const;

  struct Half {
    crypto::Sha256 hash;
    std::string pending;  // Hashed in larger pieces.
    std::string* hashed = nullptr;

    void feed(std::string_view line);
    std::string finish();  // Lower-case hex.
  };

  Half outcome_, artefact_;
  sim::Time instant_;
  fmt::memory_buffer text_;
  std::vector<Entry> entries_;
};

}  // namespace shakedown::results
