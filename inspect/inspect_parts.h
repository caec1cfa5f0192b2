// What inspect.cc puts together: each part decodes one family of artefacts into a JSON document and
// judges it by its tables of rules. Each sets the kind. For the sources of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/ocsp.h"
#include "inspect/inspection.h"

namespace shakedown::stir {

// inspect_passport.cc
void inspect_passport(const std::string& text,
                      const InspectOptions& options,
                      Inspection& inspection);
void inspect_identity(std::string_view value,
                      const InspectOptions& options,
                      Inspection& inspection);
void list_passport_rules(std::vector<LintRuleInfo>& all);

// inspect_token.cc: SPC tokens and CA lists. False: the text is neither, by its claims.
bool inspect_token(std::string_view text, const InspectOptions& options, Inspection& inspection);
void list_token_rules(std::vector<LintRuleInfo>& all);

// inspect_certificate.cc: a chain as presented, leaf first, with the findings for each certificate.
void inspect_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                          const InspectOptions& options,
                          Inspection& inspection);
void inspect_request(const crypto::CertificateRequest& request,
                     const InspectOptions& options,
                     Inspection& inspection);

// lint_certificate.cc: the rules for those.
void lint_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                       const InspectOptions& options,
                       Inspection& inspection);
// Also the profile of a root that a CA list holds. `where`: "member 2: ".
void lint_root(const crypto::Certificate& root,
               const InspectOptions& options,
               std::string_view where,
               Inspection& inspection);
void lint_request(const crypto::CertificateRequest& request,
                  const InspectOptions& options,
                  Inspection& inspection);
void list_certificate_rules(std::vector<LintRuleInfo>& all);

// inspect_crl.cc
void inspect_crl(const crypto::Crl& crl, const InspectOptions& options, Inspection& inspection);
void list_crl_rules(std::vector<LintRuleInfo>& all);

// inspect_ocsp.cc
void inspect_ocsp_request(const crypto::OcspRequest& request, Inspection& inspection);
void inspect_ocsp_response(const crypto::OcspResponse& response,
                           const InspectOptions& options,
                           Inspection& inspection);
void list_ocsp_rules(std::vector<LintRuleInfo>& all);

// The role of each certificate of a chain as presented, and the issuer that follows it, or null.
struct ChainMember {
  const crypto::Certificate* certificate;
  const crypto::Certificate* issuer;
  CertificateRole role;
  ProfileVersion version;
};

std::vector<ChainMember> chain_members(const std::vector<crypto::CertificatePtr>& certificates,
                                       const InspectOptions& options);

// "ecdsa-with-SHA256", or the dotted OID of one without a name here.
std::string signature_algorithm_name(std::string_view oid);
// RFC 4514 text of a DER Name, or its hex if it is none.
std::string name_text(std::string_view der);
// The octets as JSON if they are, else as text, else in hex: nothing is hidden from a person.
Json octets_as_json(const std::string& octets);
// A time from a NumericDate that may lie anywhere.
std::string numeric_date_text(std::int64_t seconds);

}  // namespace shakedown::stir
