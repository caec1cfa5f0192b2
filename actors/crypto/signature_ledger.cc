#include "actors/crypto/signature_ledger.h"

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

std::uint64_t load(const char* octets, std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, octets, size);
  return value;
}

// Two multiply-and-fold lanes over 16 octets a step: some 50 ns for a PASSporT. Not cryptographic
// and need not be: a collision would only bring a verification forward as expected, and its proof
// would tell.
void absorb(Hash& hash, std::string_view octets) {
  constexpr std::uint64_t kOne = 0x9e3779b97f4a7c15;
  constexpr std::uint64_t kTwo = 0xc2b2ae3d27d4eb4f;
  hash.high ^= octets.size();
  while (!octets.empty()) {
    const std::size_t first = std::min<std::size_t>(8, octets.size());
    const std::size_t second = std::min<std::size_t>(8, octets.size() - first);
    const std::uint64_t a = load(octets.data(), first);
    const std::uint64_t b = load(octets.data() + first, second);
    hash.low = fold(hash.low ^ a ^ kOne, b ^ kTwo ^ std::rotl(hash.high, 23));
    hash.high = fold(hash.high ^ b ^ kTwo, a ^ kOne ^ std::rotl(hash.low, 41));
    octets.remove_prefix(first + second);
  }
}

Hash hash_of(std::string_view message, const PublicKey& key) {
  Hash hash{0x2545f4914f6cdd1d, 0x5851f42d4c957f2d};
  // The abscissa alone would take a key for its negative.
  absorb(hash, key.uncompressed_point());
  absorb(hash, message);
  return hash;
}

// A set-associative table: an entry stays until eight newer ones have fallen into its set.
constexpr std::size_t kWays = 8;
constexpr std::size_t kSets = SignatureLedger::kCapacity / kWays;
constexpr std::size_t kLocks = 64;

struct Entry {
  Hash hash;
  Es256Signature signature{};
};

struct Set {
  std::array<Entry, kWays> entries;
  std::size_t next = 0;
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
  const Hash hash = hash_of(message, key);
  const std::size_t index = hash.low % kSets;
  const std::lock_guard lock(table().locks[index % kLocks]);
  Set& set = table().sets[index];
  set.entries[set.next] = Entry{hash, signature};
  set.next = (set.next + 1) % kWays;
}

bool SignatureLedger::is_expected_good(std::string_view message,
                                       const Es256Signature& signature,
                                       const PublicKey& key) {
  const Hash hash = hash_of(message, key);
  const std::size_t index = hash.low % kSets;
  const std::lock_guard lock(table().locks[index % kLocks]);
  for (const Entry& entry : table().sets[index].entries) {
    if (entry.hash == hash && entry.signature == signature) return true;
  }
  return false;
}

void SignatureLedger::forge_for_test(std::string_view message,
                                     const Es256Signature& signature,
                                     const PublicKey& key) {
  note(message, signature, key);
}

}  // namespace shakedown::crypto
