#include "crypto/keys/signature_ledger.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <mutex>

namespace shakedown::crypto {
namespace {

__extension__ using Uint128 = unsigned __int128;

struct Hash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Hash&, const Hash&) = default;
};

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const char* octets) {
  std::uint64_t value = 0;
  std::memcpy(&value, octets, sizeof value);
  return value;
}

// Two multiply-and-fold lanes over 16 octets a step: some 50 ns for a PASSporT. Not cryptographic
// and need not be: a collision would only bring a verification forward as expected, and its proof
// would tell.
void absorb(Hash& hash, std::string_view octets) {
  constexpr std::size_t kStep = 16;
  const auto take = [&hash](const char* sixteen) {
    constexpr std::uint64_t kOne = 0x9e3779b97f4a7c15;
    constexpr std::uint64_t kTwo = 0xc2b2ae3d27d4eb4f;
    const std::uint64_t a = load(sixteen);
    const std::uint64_t b = load(sixteen + kStep / 2);
    hash.low = fold(hash.low ^ a ^ kOne, b ^ kTwo ^ std::rotl(hash.high, 23));
    hash.high = fold(hash.high ^ b ^ kTwo, a ^ kOne ^ std::rotl(hash.low, 41));
  };
  hash.high ^= octets.size();
  for (; octets.size() >= kStep; octets.remove_prefix(kStep)) take(octets.data());
  if (octets.empty()) return;
  std::array<char, kStep> last{};
  std::memcpy(last.data(), octets.data(), octets.size());
  take(last.data());
}

Hash hash_of(std::string_view message, const Es256Signature& signature, const PublicKey& key) {
  Hash hash{0x2545f4914f6cdd1d, 0x5851f42d4c957f2d};
  // The abscissa alone would take a key for its negative.
  absorb(hash, key.uncompressed_point());
  absorb(hash, as_view(signature));
  absorb(hash, message);
  return hash;
}

// A set-associative table: an entry stays until eight newer ones have fallen into its set. A set is
// two lines of the processor's caches, and mostly the first entry is the one that is looked for.
constexpr std::size_t kWays = 8;
constexpr std::size_t kSets = SignatureLedger::kCapacity / kWays;
constexpr std::size_t kLocks = 64;

struct alignas(kWays * sizeof(Hash)) Set {
  std::array<Hash, kWays> newest_first;
};

struct Table {
  std::array<std::mutex, kLocks> locks;
  std::array<Set, kSets> sets;
};

Table& table() {
  static Table& instance = *new Table;  // Outlives every static that signs.
  return instance;
}

}  // namespace

void SignatureLedger::note(std::string_view message,
                           const Es256Signature& signature,
                           const PublicKey& key) {
  const Hash hash = hash_of(message, signature, key);
  const std::size_t index = hash.low % kSets;
  const std::lock_guard lock(table().locks[index % kLocks]);
  auto& entries = table().sets[index].newest_first;
  std::copy_backward(entries.begin(), entries.end() - 1, entries.end());
  entries.front() = hash;
}

bool SignatureLedger::is_expected_good(std::string_view message,
                                       const Es256Signature& signature,
                                       const PublicKey& key) {
  const Hash hash = hash_of(message, signature, key);
  const std::size_t index = hash.low % kSets;
  const std::lock_guard lock(table().locks[index % kLocks]);
  const auto& entries = table().sets[index].newest_first;
  return std::find(entries.begin(), entries.end(), hash) != entries.end();
}

void SignatureLedger::forge_for_test(std::string_view message,
                                     const Es256Signature& signature,
                                     const PublicKey& key) {
  note(message, signature, key);
}

}  // namespace shakedown::crypto
