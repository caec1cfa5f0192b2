#include "results/record/run_digest.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>

#include "crypto/octets/bytes.h"
#include "results/record/event_description.h"

namespace shakedown::results {
namespace {

constexpr std::size_t kPieceSize = 8192;
constexpr Stamps kNoStamps{};  // No digest has them.

// Whether a control character or a backslash may be in the text: eight octets at a time, because
// nearly all of the digest's work is to look at texts that have none.
bool may_need_escapes(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  // In each octet of the result the high bit says: that octet was below `limit` (at most 128).
  const auto below = [](std::uint64_t octets, std::uint64_t limit) {
    return (octets - kOnes * limit) & ~octets & kHighBits;
  };
  const auto suspicious_in = [&](const char* at) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, at, sizeof octets);
    return below(octets, 0x20) | below(octets ^ (kOnes * '\\'), 1);
  };
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; });
  }
  std::uint64_t suspicious = suspicious_in(text.data() + text.size() - kWord);
  for (std::size_t at = 0; at + kWord < text.size(); at += kWord) {
    suspicious |= suspicious_in(text.data() + at);
  }
  return suspicious != 0;
}

// Appends the fields of one line; of an event, those of one digest.
class Line {
 public:
  Line(fmt::memory_buffer& out, Digest digest)
      : out_(out),
        digest_(digest) {}

  void column(std::string_view /*name*/, const auto& /*value*/) {}

  void digested(const auto& value, Digest digest) {
    if (digest == digest_) *this << value;
  }

  Line& operator<<(std::string_view text) {
    separate();
    if (!may_need_escapes(text)) {
      out_.append(text);
      return *this;
    }
    for (const char c : text) {
      switch (c) {
        case '\t':
          out_.append(std::string_view("\\t"));
          break;
        case '\n':
          out_.append(std::string_view("\\n"));
          break;
        case '\r':
          out_.append(std::string_view("\\r"));
          break;
        case '\\':
          out_.append(std::string_view("\\\\"));
          break;
        default:
          out_.push_back(c);
      }
    }
    return *this;
  }

  Line& operator<<(std::int64_t value) {
    separate();
    append(value);
    return *this;
  }

  Line& operator<<(char c) { return *this << std::string_view(&c, 1); }

  Line& operator<<(int value) { return *this << std::int64_t{value}; }

  Line& operator<<(bool value) { return *this << (value ? '1' : '0'); }

  Line& operator<<(sim::Time time) { return *this << time.time_since_epoch().count(); }

  Line& operator<<(sim::Duration difference) { return *this << difference.count(); }

  Line& operator<<(Blob blob) { return *this << blob.octets; }

  template <class T>
  Line& operator<<(const std::optional<T>& value) {
    return value ? *this << *value : *this << '-';
  }

  Line& operator<<(const std::vector<actors::TraceStep>& trace) {
    separate();
    for (const actors::TraceStep& step : trace) {
      const bool timed = step.result != actors::StepResult::kSkipped && step.took.count() != 0;
      if (step.result == actors::StepResult::kPassed && !timed) continue;
      out_.append(step.step);
      out_.push_back('=');
      out_.append(to_string(step.result));
      if (timed) {
        out_.push_back('@');
        append(step.started.count());
        out_.push_back('+');
        append(step.took.count());
      }
      out_.push_back(',');
    }
    return *this;
  }

 private:
  void separate() {
    if (!first_) out_.push_back('\t');
    first_ = false;
  }

  void append(std::int64_t value) {
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.data() + digits.size());
  }

  fmt::memory_buffer& out_;
  const Digest digest_;
  bool first_ = true;
};

}  // namespace

// In pieces: a call of a hash function costs as much as a short line.
void Digests::Half::feed(std::string_view line) {
  pending += line;
  pending += '\n';
  if (pending.size() < kPieceSize) return;
  hash.update(pending);
  if (hashed != nullptr) *hashed += pending;
  pending.clear();
}

std::string Digests::Half::finish() {
  hash.update(pending);
  if (hashed != nullptr) *hashed += pending;
  return crypto::to_hex(crypto::as_view(hash.finish()));
}

Digests::Digests(Values* hashed) {
  if (hashed != nullptr) {
    outcome_.hashed = &hashed->outcome;
    artefact_.hashed = &hashed->artefact;
  }
  outcome_.feed("outcome v1");
  artefact_.feed("artefact v1");
}

void Digests::add(const sim::Recorded& recorded) {
  if (recorded.world_time != instant_) flush_instant();
  instant_ = recorded.world_time;
  Entry entry{.begin = text_.size(), .artefacts = 0, .end = 0};
  with_type(static_cast<const actors::RecordedEvent&>(*recorded.event), [&](const auto& event) {
    Line outcome(text_, Digest::kOutcome);
    outcome << recorded.world_time << *recorded.actor << to_string(event.type);
    describe(event, kNoStamps, outcome);
    entry.artefacts = text_.size();
    Line artefacts(text_, Digest::kArtefact);
    describe(event, kNoStamps, artefacts);
  });
  entry.end = text_.size();
  entries_.push_back(entry);
}

Digests::Values Digests::finish() {
  flush_instant();
  Values values{.outcome = outcome_.finish(), .artefact = {}};
  artefact_.feed("outcome\t" + values.outcome);
  values.artefact = artefact_.finish();
  return values;
}

void Digests::flush_instant() {
  if (entries_.size() > 1) {
    std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
      return std::tuple(outcome_of(a), artefacts_of(a)) <
             std::tuple(outcome_of(b), artefacts_of(b));
    });
  }
  for (const Entry& entry : entries_) {
    outcome_.feed(outcome_of(entry));
    artefact_.feed(artefacts_of(entry));
  }
  entries_.clear();
  text_.clear();
}

std::string_view Digests::outcome_of(const Entry& entry) const {
  return {text_.data() + entry.begin, entry.artefacts - entry.begin};
}

std::string_view Digests::artefacts_of(const Entry& entry) const {
  return {text_.data() + entry.artefacts, entry.end - entry.artefacts};
}

}  // namespace shakedown::results
