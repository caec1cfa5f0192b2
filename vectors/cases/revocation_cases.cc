// The STI-PA's indirect CRL (RFC 5280 §5, §6.3.3) with SHAKEN's deviation: it is anchored in the
// STI-PA's root. A list that cannot be used leaves the state undetermined: soft failure lets the
// call pass, profile strict (and others by configuration) refuse it.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::revocation {
namespace {

namespace extension = crypto::extension;

constexpr std::string_view kStep = "not_revoked";

Expectations undetermined() { return passes().but(kStrict, kStep, 437); }

// CRL: (intermediate, serial of the leaf)
Case leaf_revoked(const World& world) {
  Draft draft(world, "revocation/leaf", "The leaf is in the CRL");
  draft.cites("RFC 5280 §6.3.3 (i)", {"N140"});
  draft.importance = Importance::kCritical;
  draft.chain.front() = world.revoked_leaf;
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// CRL: (root, serial of the intermediate)
Case intermediate_revoked(const World& world) {
  Draft draft(world, "revocation/intermediate", "The intermediate is in the CRL");
  draft.cites("RFC 5280 §6.3.3 (i)", {"N141"});
  draft.importance = Importance::kCritical;
  const auto& ca = world.revoked_intermediate;
  draft.chain = {issued(world.leaf_under(*ca.certificate, "revocation/intermediate"), *ca.key),
                 ca.certificate};
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// CRL: (another CA, the same serial). Not revoked.
Case namesake(const World& world) {
  Draft draft(world, "revocation/serial-of-another-ca", "Another CA's certificate of that serial");
  draft.cites("RFC 5280 §5.3.3", {"N142"});
  draft.importance = Importance::kCritical;
  draft.chain.front() = world.namesake_leaf;
  draft.expected = passes();
  return draft.finish();
}

// CRL: (intermediate, X), (issuer inherited, serial of the leaf)
Case inherited(const World& world) {
  Draft draft(world, "revocation/inherited-issuer",
              "The entry inherits the issuer of the one before");
  draft.cites("RFC 5280 §5.3.3", {"N143"});
  draft.importance = Importance::kCritical;
  draft.chain.front() = world.revoked_by_inheritance;
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 5280 §5.3.1: a certificate on hold is revoked for now.
Case on_hold(const World& world) {
  Draft draft(world, "revocation/on-hold", "The leaf is on hold");
  draft.cites("RFC 5280 §5.3.1", {"N140"});
  draft.chain.front() = world.held_leaf;
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// A list of its own for a case about the leaf that the shared one revokes.
Draft& with_list(Draft& draft, const crypto::CrlSpec& spec) {
  draft.needs = {"crl"};
  draft.own_files.crl = draft.world.sign_crl(spec);
  return draft;
}

// The call comes when nextUpdate has passed; the revoked leaf cannot be told.
Case expired(const World& world) {
  Draft draft(world, "revocation/crl-expired", "nextUpdate has passed and there is no newer list");
  draft.cites("RFC 5280 §6.3.3 (a)", {"N144"});
  draft.verified_at = world.base + 7 * kDay + kSecond;
  draft.date = draft.verified_at;
  draft.passport.iat = sim::unix_seconds(draft.verified_at);
  draft.expected = undetermined();
  return draft.finish();
}

// The last second of the list.
Case expires_now(const World& world) {
  Draft draft(world, "revocation/crl-last-second", "nextUpdate is this second");
  draft.cites("RFC 5280 §5.1.2.5", {"N144"});
  draft.verified_at = world.base + 7 * kDay;
  draft.date = draft.verified_at;
  draft.passport.iat = sim::unix_seconds(draft.verified_at);
  draft.expected = passes();
  return draft.finish();
}

// The same where policy is hard failure: every profile refuses.
Case expired_hard(const World& world) {
  Draft draft(world, "revocation/crl-expired-hard-fail", "nextUpdate has passed, hard failure");
  draft.cites("RFC 5280 §6.3.3 (a)", {"N144"});
  draft.configuration.revocation_hard_fail = true;
  draft.needs = {"revocation_hard_fail"};
  draft.verified_at = world.base + 8 * kDay;
  draft.date = draft.verified_at;
  draft.passport.iat = sim::unix_seconds(draft.verified_at);
  draft.expected = fails(kStep, 437);
  return draft.finish();
}

// An expired list is not used for bad news either: the state is undetermined.
Case expired_revoked(const World& world) {
  Draft draft(world, "revocation/crl-expired-leaf-listed", "The expired list names the leaf");
  draft.cites("RFC 5280 §6.3.3 (a)", {"N144"});
  draft.importance = Importance::kLow;
  draft.verified_at = world.base + 8 * kDay;
  draft.date = draft.verified_at;
  draft.passport.iat = sim::unix_seconds(draft.verified_at);
  draft.chain.front() = world.revoked_leaf;
  draft.expected = undetermined();
  return draft.finish();
}

// thisUpdate lies ahead: the list is not valid yet.
Case not_yet_valid(const World& world) {
  Draft draft(world, "revocation/crl-not-yet-valid", "thisUpdate is in an hour");
  draft.cites("RFC 5280 §5.1.2.4");
  draft.importance = Importance::kMedium;
  auto spec = world.crl_spec();
  spec.this_update = world.base + kHour;
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §6.3.3 (g)
Case bad_signature(const World& world) {
  Draft draft(world, "revocation/crl-bad-signature", "A bit of the CRL's signature is wrong");
  draft.cites("RFC 5280 §6.3.3 (g)", {"N145"});
  draft.needs = {"crl"};
  draft.own_files.crl = world.crl;
  draft.own_files.crl.back() = static_cast<char>(draft.own_files.crl.back() ^ 1);
  draft.expected = undetermined();
  return draft.finish();
}

// Signed by an STI-CA that revokes what it likes: the issuer is not the STI-PA's signer.
Case other_signer(const World& world) {
  Draft draft(world, "revocation/crl-of-a-ca", "The list is signed by the intermediate");
  draft.cites("RFC 5280 §6.3.3 (f)", {"N145"});
  auto spec = world.crl_spec();
  spec.issuer = world.intermediate.certificate->subject_der();
  spec.authority_key_identifier = world.intermediate.certificate->fields().subject_key_identifier;
  const auto der = crypto::build_crl(spec, *world.intermediate.key);
  SHAKEDOWN_ASSERT(der.has_value());
  draft.needs = {"crl"};
  draft.own_files.crl = *der;
  draft.chain.front() = world.revoked_leaf;
  draft.expected = undetermined();
  return draft.finish();
}

// STI-PA root <- signer that may sign data, but no CRLs
Case signer_usage(const World& world) {
  Draft draft(world, "revocation/crl-signer-usage", "The CRL's signer lacks cRLSign");
  draft.cites("RFC 5280 §6.3.3 (f)", {"N146"});
  draft.needs = {"crl"};
  draft.own_files.crl = world.crl;
  auto signer = stir::make_policy_administrator_signer(
      world.facts("STI-PA", "revocation/crl-signer-usage", *world.pa_signer.key),
      *world.pa_root.certificate);
  SHAKEDOWN_ASSERT(signer.has_value());
  put(*signer, extension::key_usage(crypto::kDigitalSignature));
  draft.own_files.crl_signer_chain = crypto::write_pem(
      std::vector{issued(*signer, *world.pa_root.key), world.pa_root.certificate});
  draft.chain.front() = world.revoked_leaf;
  draft.expected = undetermined();
  return draft.finish();
}

// somebody's root of the STI-PA's name <- signer of the STI-PA's name and another key
Case signer_root(const World& world) {
  Draft draft(world, "revocation/crl-signer-of-another-root",
              "The signer is not under the STI-PA's root");
  draft.cites("RFC 5280 §6.3.3 (f)", {"N145"});
  draft.importance = Importance::kCritical;
  draft.needs = {"crl"};
  const auto key = key_named("revocation/crl-signer-of-another-root");
  const auto name = [&](const char* of) { return world.facts("STI-PA", of, *key); };
  auto root = stir::make_policy_administrator_root(name("another sti-pa root"));
  SHAKEDOWN_ASSERT(root.has_value());
  const auto root_certificate = issued(*root, *key);
  auto signer =
      stir::make_policy_administrator_signer(name("another sti-pa signer"), *root_certificate);
  SHAKEDOWN_ASSERT(signer.has_value());
  const auto signer_certificate = issued(*signer, *key);
  auto spec = world.crl_spec();
  spec.issuer = signer_certificate->subject_der();
  spec.entries = {{world.leaf->serial(), world.base - kDay, crypto::CrlReason::kKeyCompromise,
                   world.intermediate.certificate->subject_der()}};
  const auto der = crypto::build_crl(spec, *key);
  SHAKEDOWN_ASSERT(der.has_value());
  draft.own_files.crl = *der;
  draft.own_files.crl_signer_chain =
      crypto::write_pem(std::vector{signer_certificate, root_certificate});
  draft.expected = undetermined();
  return draft.finish();
}

// RFC 5280 §6.3.3 (b)(2)
Case other_point(const World& world) {
  Draft draft(world, "revocation/crl-of-another-url", "The IDP names another URL");
  draft.cites("RFC 5280 §6.3.3 (b)(2)", {"N147"});
  auto spec = world.crl_spec();
  spec.distribution_point_url = "https://sti-pa.test/download/v1/other-crl";
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §5.2.5: entries of other issuers need indirectCRL.
Case not_indirect(const World& world) {
  Draft draft(world, "revocation/crl-not-indirect", "Foreign entries, but indirectCRL is FALSE");
  draft.cites("RFC 5280 §5.2.5", {"N147"});
  auto spec = world.crl_spec();
  spec.indirect = false;
  draft.chain.front() = world.revoked_leaf;
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §5.2: a critical extension of the list that is not understood.
Case critical_extension(const World& world) {
  Draft draft(world, "revocation/crl-critical-extension", "A critical extension that nobody knows");
  draft.cites("RFC 5280 §5.2");
  auto spec = world.crl_spec();
  spec.other_extensions = {extension::raw("1.3.6.1.4.1.99999.8", true, std::string("\x05\x00", 2))};
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §5.2.3: a list older than one that was seen.
Case number_back(const World& world) {
  Draft draft(world, "revocation/crl-number-back", "cRLNumber 7 after 8 was seen");
  draft.cites("RFC 5280 §5.2.3", {"N148"});
  draft.needs = {"newest_crl_number"};
  draft.own_files.newest_crl_number = "\x08";
  draft.expected = undetermined();
  return draft.finish();
}

// The same number again is the same list.
Case number_same(const World& world) {
  Draft draft(world, "revocation/crl-number-same", "cRLNumber 7 after 7 was seen");
  draft.cites("RFC 5280 §5.2.3", {"N148"});
  draft.needs = {"newest_crl_number"};
  draft.own_files.newest_crl_number = "\x07";
  draft.expected = passes();
  return draft.finish();
}

// RFC 5280 §5.3.1: removeFromCRL is for delta lists.
Case remove_from_crl(const World& world) {
  Draft draft(world, "revocation/remove-from-crl", "removeFromCRL for the leaf in a full list");
  draft.cites("RFC 5280 §5.3.1", {"N149"});
  draft.importance = Importance::kMedium;
  auto spec = world.crl_spec();
  spec.entries = {{world.leaf->serial(), world.base - kDay, crypto::CrlReason::kRemoveFromCrl,
                   world.intermediate.certificate->subject_der()}};
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// An empty list is a list.
Case empty_list(const World& world) {
  Draft draft(world, "revocation/crl-empty", "A list without entries");
  draft.cites("RFC 5280 §5.1.2.6");
  auto spec = world.crl_spec();
  spec.entries.clear();
  with_list(draft, spec).expected = passes();
  return draft.finish();
}

// Revoked in the future: the entry is there, and RFC 5280 §6.3.3 (i) asks for nothing else.
Case revoked_ahead(const World& world) {
  Draft draft(world, "revocation/date-ahead", "The revocation date lies an hour ahead");
  draft.cites("RFC 5280 §6.3.3 (i)", {"N140"});
  draft.importance = Importance::kLow;
  auto spec = world.crl_spec();
  spec.entries = {{world.leaf->serial(), world.base + kHour, crypto::CrlReason::kSuperseded,
                   world.intermediate.certificate->subject_der()}};
  with_list(draft, spec).expected = fails(kStep, 437);
  return draft.finish();
}

// A certificate that points at another list than the STI-PA's is not judged by the STI-PA's. The
// base profile has no rule about which URL it is.
Case other_list(const World& world) {
  Draft draft(world, "revocation/certificate-names-another-list",
              "The leaf's CRL is somebody's own");
  draft.cites("RFC 5280 §6.3.3 (b)(2)", {"N133"});
  draft.leaf_with([&](auto& spec) {
    put(spec, extension::crl_distribution_points("https://alpha-ca.test/crl",
                                                 world.pa_signer.certificate->subject_der()));
  });
  draft.expected = undetermined();
  return draft.finish();
}

// IssuingDistributionPoint of the shared list with `flags` behind its URL, in DER.
std::string point_der(std::string_view flags) {
  const auto wrapped = [](char tag, const std::string& content) {
    return std::string(1, tag) + static_cast<char>(content.size()) + content;
  };
  const std::string url = wrapped('\x86', std::string(kCrlUrl));
  return wrapped('\x30', wrapped('\xa0', wrapped('\xa0', url)) + std::string(flags));
}

constexpr std::string_view kPointOid = "2.5.29.28";

// RFC 5280 §5.2.5: critical it should be; the list is still the STI-PA's.
Case point_not_critical(const World& world) {
  Draft draft(world, "revocation/crl-point-not-critical",
              "The IDP is not critical, the leaf listed");
  draft.cites("RFC 5280 §5.2.5", {"N147"});
  draft.importance = Importance::kMedium;
  auto spec = world.crl_spec();
  spec.distribution_point_url.reset();
  spec.indirect = false;
  spec.other_extensions = {extension::raw(kPointOid, false, point_der("\x84\x01\xff"))};
  draft.chain.front() = world.revoked_leaf;
  with_list(draft, spec).expected = fails(kStep, 437);
  return draft.finish();
}

// RFC 5280 §6.3.3 (b)(2)(iii): a list of CA certificates says nothing about a leaf.
Case only_cas(const World& world) {
  Draft draft(world, "revocation/crl-of-cas-only", "The list covers CA certificates only");
  draft.cites("RFC 5280 §5.2.5, §6.3.3 (b)(2)");
  auto spec = world.crl_spec();
  spec.distribution_point_url.reset();
  spec.indirect = false;
  spec.other_extensions = {extension::raw(kPointOid, true, point_der("\x82\x01\xff\x84\x01\xff"))};
  draft.chain.front() = world.revoked_leaf;
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §5.1.2.5: nextUpdate must be there.
Case no_next_update(const World& world) {
  Draft draft(world, "revocation/crl-without-next-update", "The list has no nextUpdate");
  draft.cites("RFC 5280 §5.1.2.5");
  draft.importance = Importance::kMedium;
  auto spec = world.crl_spec();
  spec.next_update.reset();
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

// RFC 5280 §5.2.3: a list without a number cannot be told from an older one.
Case no_number(const World& world) {
  Draft draft(world, "revocation/crl-without-number", "No cRLNumber after 7 was seen");
  draft.cites("RFC 5280 §5.2.3", {"N148"});
  draft.importance = Importance::kMedium;
  auto spec = world.crl_spec();
  spec.number.reset();
  draft.own_files.newest_crl_number = "\x07";
  with_list(draft, spec).expected = undetermined();
  return draft.finish();
}

void add_no_rev_avail(crypto::CertificateSpec& spec) {
  put(spec, extension::raw(crypto::oid::kNoRevAvail, false, std::string("\x05\x00", 2)));
}

// RFC 9608 §4: the CA publishes nothing about this certificate, so an entry with its serial number
// cannot be about it. SHAKEN's profile has no such certificates.
Case no_rev_avail(const World& world) {
  Draft draft(world, "revocation/no-rev-avail",
              "The leaf says noRevAvail and its serial is in the CRL");
  draft.cites("RFC 9608 §4");
  draft.importance = Importance::kLow;
  draft.leaf_with([&](auto& spec) {
    spec.serial = world.revoked_leaf->serial();
    drop(spec, crypto::oid::kCrlDistributionPoints);
    add_no_rev_avail(spec);
  });
  draft.expected = passes().but(kStrict, "certificate_profile", 437);
  return draft.finish();
}

// RFC 9608 §4: where to ask and that nobody can be asked.
Case no_rev_avail_and_point(const World& world) {
  Draft draft(world, "revocation/no-rev-avail-and-crl-point",
              "The leaf has noRevAvail and a CRL distribution point");
  draft.cites("RFC 9608 §4");
  draft.leaf_with([](auto& spec) { add_no_rev_avail(spec); });
  draft.expected = fails("certificate_profile", 437).passing_in(kDeployed);
  return draft.finish();
}

// RFC 9608 §2: a CA's certificate must be revocable.
Case no_rev_avail_in_a_ca(const World& world) {
  Draft draft(world, "revocation/no-rev-avail-in-a-ca", "The intermediate has noRevAvail");
  draft.cites("RFC 9608 §2");
  draft.intermediate_with([](auto& spec) {
    drop(spec, crypto::oid::kCrlDistributionPoints);
    add_no_rev_avail(spec);
  });
  draft.expected = fails("certificate_profile", 437).passing_in(kDeployed);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {leaf_revoked(w),
          intermediate_revoked(w),
          namesake(w),
          inherited(w),
          on_hold(w),
          expired(w),
          expires_now(w),
          expired_hard(w),
          expired_revoked(w),
          not_yet_valid(w),
          bad_signature(w),
          other_signer(w),
          signer_usage(w),
          signer_root(w),
          other_point(w),
          not_indirect(w),
          critical_extension(w),
          number_back(w),
          number_same(w),
          remove_from_crl(w),
          empty_list(w),
          revoked_ahead(w),
          other_list(w),
          point_not_critical(w),
          only_cas(w),
          no_next_update(w),
          no_number(w),
          no_rev_avail(w),
          no_rev_avail_and_point(w),
          no_rev_avail_in_a_ca(w)};
}

}  // namespace shakedown::vectors::revocation
