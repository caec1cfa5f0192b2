// How a case is written: a draft begins as an honest call from +1 201 555 0101 to +1 415 555 0100
// with a good PASSporT and a good certificate; the case spoils one thing and says what to expect.
//
//   Draft draft(world, "identity/info-without-brackets", "The info URI stands without < and >");
//   draft.cites("RFC 8224 §4", {"N06"});
//   ...
//   draft.expected = fails("identity_well_formed", 438);
//   return draft.finish();
//
// A draft owns a random stream named after its case, so that cases do not shift one another's
// octets. One draft at a time on a thread; used once.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/randomness.h"
#include "crypto/octets/digest.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
#include "stir/call/identity_header.h"
#include "stir/passport/passport.h"
#include "vectors/drafting/case.h"
#include "vectors/drafting/case_world.h"

namespace shakedown::vectors {

inline constexpr std::string_view kCaller = "12015550101";
inline constexpr std::string_view kCalled = "14155550100";
inline constexpr std::string_view kOtherNumber = "12015550199";  // Of nobody in the call.
inline constexpr std::string_view kOrigid = "123e4567-e89b-12d3-a456-426655440000";

// Replaces the first `from`, which must be there.
void replace(std::string& text, std::string_view from, std::string_view to);

class Draft {
 public:
  Draft(const World& world, std::string id, std::string title);

  void cites(std::string clause, std::initializer_list<std::string_view> numbers = {});

  const World& world;

  Importance importance = Importance::kHigh;
  Configuration configuration;
  OwnFiles own_files;
  std::vector<std::string> needs;
  Expectations expected;

  // The content of the PASSporT. finish() signs it unless `identities` is set.
  stir::Passport passport;
  std::optional<std::string> header_text;   // Signed as it stands instead of the canonical JSON.
  std::optional<std::string> payload_text;  // The same.
  crypto::PrivateKeyPtr key;                // That signs.

  std::string identity_name = "Identity";  // Or its compact form.

  // The Identity header fields' values; empty vector: none. Unset: one, from identity().
  std::optional<std::vector<std::string>> identities;

  // What stands at x5u. Empty: nothing is served.
  std::vector<crypto::CertificatePtr> chain;
  std::optional<HttpExchange> answer;  // Instead of `chain` at x5u.
  std::vector<HttpExchange> more_http;
  std::vector<HttpExchange> cached;  // What the verifier fetched before and still holds.

  // The call.
  std::optional<sim::Time> date;  // Written as Date header unless date_text is set.
  std::optional<std::string> date_text;
  std::string from, to, asserted;  // Header values; "" leaves the field out.
  std::string request_uri;
  std::string body;
  sim::Time verified_at;

  // "https://cr.alpha-tel.test/identity/x5u-info-mismatch.pem"
  std::string url() const;
  std::string url(std::string_view suffix) const;  // A second one: "...-mismatch-SUFFIX.pem".

  // Signs text parts or the passport. Each call draws anew.
  std::string token() const;
  std::string sign(const stir::Passport& content, const crypto::PrivateKey& signer) const;
  std::string identity() const;  // token() with info, alg and ppt.

  // A leaf like the world's with `change` applied, issued anew; it replaces the first of `chain`.
  template <class Change>
  void leaf_with(Change change) {
    auto spec = world.leaf_spec(id_);
    change(spec);
    chain.front() = issued(spec, *world.intermediate.key);
  }

  // The same for the intermediate.
  template <class Change>
  void intermediate_with(Change change) {
    auto spec = world.intermediate_spec(*world.root.certificate, id_, *world.intermediate.key);
    change(spec);
    chain.at(1) = issued(spec, *world.root.key);
  }

  void leaf_list(const std::vector<crypto::TnEntry>& entries);
  void leaf_list_der(std::string_view hex);  // The TNAuthList's DER as it stands.

  // `content` served as 200 with the right headers.
  static HttpExchange served(std::string url, std::string content);

  Case finish();

 private:
  sim::Request invite(const std::vector<std::string>& values) const;

  std::string id_, title_, clause_;
  std::vector<std::string> numbers_;
  crypto::RandomStream stream_;
};

// Puts `draft` under another root: root <- intermediate <- leaf, of keys named `name`. The
// intermediate has a name of its own, or the root's.
void under_root(Draft& draft,
                const Authority& root,
                std::string_view name,
                bool self_issued = false);

}  // namespace shakedown::vectors
