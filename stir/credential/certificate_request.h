// What an STI-CA demands of a certificate request (ATIS-1000080 §6.3, RFC 8555 §7.4, RFC 9448 §3),
// as a table of rules. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/x509/certificate_builder.h"

namespace shakedown::stir {

// ------------------------------------------------------------------------

// What the STI-CA's order says (ATIS-1000080 §6.3.5, RFC 8555 §7.4, RFC 9448 §3).
struct RequestExpectation {
  std::string_view identifier_der;  // TNAuthList of the order.
  bool needs_tn_auth_list = true;
  bool ca = false;                     // atc.ca of the token.
  std::string_view crl_url;            // A requested CRLDP must name this one.
  std::string_view account_spki_der;   // The account key must not be the certificate's key.
  bool allow_account_key = false;      // Deployed practice (switch).
  bool drop_other_extensions = false;  // Instead of refusing them.
  bool check_subject = true;           // CN and TNAuthList must agree.
};

struct RequestRule {
  std::string_view id;  // "csr_tn_auth_list_matches_order"
  std::string_view clause;
  std::optional<std::string> (*check)(const crypto::CertificateRequest&, const RequestExpectation&);
};

std::span<const RequestRule> request_rules();

struct RequestFinding {
  const RequestRule* rule = nullptr;
  std::string detail;
};

// The first rule that fails; all of them are ACME badCSR. nullopt: issue.
std::optional<RequestFinding> check_request(const crypto::CertificateRequest& request,
                                            const RequestExpectation& expectation);

}  // namespace shakedown::stir
