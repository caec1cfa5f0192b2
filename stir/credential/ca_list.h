// The STI-PA's signed list of trusted STI-CA roots (ATIS-1000084; the shape deployed clients read).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "sim/result.h"
#include "sim/time.h"
#include "stir/jose/jws.h"

namespace shakedown::stir {

struct CaList {
  std::string x5u;  // Of the STI-PA's signer certificate.
  std::string version = "1.0";
  std::int64_t sequence = 0;
  sim::Time expires;
  std::vector<std::string> trust_list;  // PEM, as it stands in the list.
};

// What the STI-PA signs; finish with compact_jws of jws.h.
std::string signing_input(const CaList& list);

struct ReceivedCaList {
  CompactJws jws;
  CaList list;
};

// More are not read.
inline constexpr std::size_t kMostCaListMembers = 1000;
// One of `trustList`: PEM, or bare base64 DER as some clients also read. Error: kMalformed.
Result<crypto::CertificatePtr> read_ca_list_member(const std::string& member);

struct CaListMembers {
  std::vector<crypto::CertificatePtr> anchors;  // Those that parse and are roots, in order.
  std::vector<std::string> alarms;              // Those that were skipped, one line each.
};

// Members that do not parse, repeat or are no self-signed CA certificates are skipped. One
// signature verification a member.
CaListMembers read_ca_list_members(const std::vector<std::string>& trust_list);

// Errors: as parse_compact_jws; kMalformed when a mandatory member is missing or has another type.
Result<ReceivedCaList> parse_ca_list(std::string_view text);

struct CaListExpectation {
  std::span<const crypto::CertificatePtr> signer_chain;  // From x5u: signer first.
  std::span<const crypto::CertificatePtr> policy_administrator_roots;
  sim::Time now;
  std::int64_t newest_sequence = -1;  // Of the list in use.
  sim::Duration grace{};              // How long after `exp` a list may still be taken.
};

struct CaListVerdict {
  bool ok = false;
  std::string_view failed_rule;  // "ca_list_signature", "ca_list_rollback", ...
  std::string detail;
  std::vector<crypto::CertificatePtr> anchors;  // Members that parse and are roots, in order.
  std::vector<std::string> alarms;  // Members that were skipped (N169), expired within grace.
};

// Signer under an STI-PA root and valid now, signature, exp, sequence not lower than the newest;
// members that do not parse, repeat or are no roots are skipped with an alarm. One signature
// verification and one path validation.
CaListVerdict verify_ca_list(const ReceivedCaList& received, const CaListExpectation& expectation);

}  // namespace shakedown::stir
