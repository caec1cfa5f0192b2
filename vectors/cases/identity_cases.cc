// The Identity header field: its grammar and its parameters (RFC 8224 §4). In every case the
// certificate is the world's own: leaf <- intermediate <- root (listed).
#include "vectors/cases/groups.h"

namespace shakedown::vectors::identity {
namespace {

// Nothing is wrong. RFC 8224 §6.2, ATIS-1000074 §5.3.
Case good(const World& world) {
  Draft draft(world, "identity/good", "An honest SHAKEN call");
  draft.cites("RFC 8224 §6.2");
  draft.importance = Importance::kCritical;
  draft.expected = passes();
  return draft.finish();
}

// ATIS-1000074 §5.3.1: an unsigned call goes through as No-TN-Validation.
Case absent(const World& world) {
  Draft draft(world, "identity/absent", "An unsigned call, where signing is not demanded");
  draft.cites("ATIS-1000074 §5.3.2", {"N01"});
  draft.identities.emplace();
  draft.expected = unverified("identity_present");
  return draft.finish();
}

// RFC 8224 §6.2.2: 428 where local policy demands a signature.
Case absent_but_required(const World& world) {
  Draft draft(world, "identity/absent-but-required", "An unsigned call, where policy wants 428");
  draft.cites("RFC 8224 §6.2.2", {"N01"});
  draft.configuration.require_identity = true;
  draft.needs = {"require_identity"};
  draft.identities.emplace();
  draft.expected = fails("identity_present", 428);
  return draft.finish();
}

// RFC 8224 §6.2 step 1: a ppt that is not supported makes the header be ignored. ATIS-1000082 E5
// answers 438 instead.
Case ppt_unknown(const World& world) {
  Draft draft(world, "identity/ppt-unknown", "The only Identity has a ppt that nobody knows");
  draft.cites("RFC 8224 §6.2 step 1", {"N02"});
  draft.passport.ppt = "unheard-of";
  draft.expected = unverified("ppt_is_supported").but(kApi, "ppt_is_supported", 438);
  return draft.finish();
}

// RFC 8224 §6.2.2: 428 "Use Supported PASSporT Format" where policy demands an Identity.
Case ppt_unknown_but_required(const World& world) {
  Draft draft(world, "identity/ppt-unknown-but-required",
              "The only Identity has an unknown ppt, where policy wants 428");
  draft.cites("RFC 8224 §6.2.2", {"N02"});
  draft.configuration.require_identity = true;
  draft.needs = {"require_identity"};
  draft.passport.ppt = "unheard-of";
  draft.expected = fails("ppt_is_supported", 428).but(kApi, "ppt_is_supported", 438);
  return draft.finish();
}

// RFC 8225 §8.1: ppt values are compared with case.
Case ppt_upper_case(const World& world) {
  Draft draft(world, "identity/ppt-upper-case", "ppt=SHAKEN in parameter and token");
  draft.cites("RFC 8225 §8.1");
  draft.passport.ppt = "SHAKEN";
  draft.expected = unverified("ppt_is_supported").but(kApi, "ppt_is_supported", 438);
  return draft.finish();
}

// A base PASSporT, without attest and origid: RFC 8224 verifies it. The profiles that are SHAKEN
// only ignore it; ATIS-1000082 calls it 438 (E5). libsecsipid takes a missing parameter for shaken
// and does not miss ppt, attest and origid.
Case base_passport(const World& world) {
  Draft draft(world, "identity/base-passport", "A base PASSporT, no ppt anywhere");
  draft.cites("RFC 8224 §6.2, ATIS-1000074 §5.3.1");
  draft.importance = Importance::kMedium;
  draft.passport.ppt.clear();
  draft.passport.attest.clear();
  draft.passport.origid.clear();
  draft.expected =
      passes().unverified_in(kAtis74, "ppt_is_supported").but(kAtis82, "ppt_is_supported", 438);
  return draft.finish();
}

// RFC 8224 §4: info is mandatory. ATIS-1000082 E6: 436.
Case info_missing(const World& world) {
  Draft draft(world, "identity/info-missing", "There is no info parameter");
  draft.cites("RFC 8224 §4", {"N05"});
  draft.identities = {{draft.token() + ";alg=ES256;ppt=shaken"}};
  draft.expected = fails("info_is_a_uri", 438).but(kApi, "info_is_a_uri", 436);
  return draft.finish();
}

// RFC 8224 §4: ident-info-uri = LAQUOT absoluteURI RAQUOT.
Case info_without_brackets(const World& world) {
  Draft draft(world, "identity/info-without-brackets", "The info URI stands without < and >");
  draft.cites("RFC 8224 §4", {"N06"});
  draft.identities = {{draft.token() + ";info=" + draft.url() + ";alg=ES256;ppt=shaken"}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// The grammar wants an absolute URI. ATIS-1000082 E7: 436.
Case info_relative(const World& world) {
  Draft draft(world, "identity/info-relative", "info is a relative reference");
  draft.cites("RFC 8224 §4", {"N05"});
  draft.passport.x5u = "/identity/info-relative.pem";
  draft.expected = fails("info_is_a_uri", 438).but(kApi, "info_is_a_uri", 436);
  return draft.finish();
}

// The certificate stands there too, but x5u names another URL.
void point_info_at(Draft& draft, const std::string& url) {
  draft.identities = {{stir::write_identity_header(draft.token(), url)}};
  draft.more_http = {Draft::served(url, crypto::write_pem(draft.chain))};
  draft.expected = fails("info_matches_x5u", 438).but(kApi, "info_matches_x5u", 436);
}

// RFC 8224 §4.1: x5u is the info URI. ATIS-1000082 E10: 436. Both URLs serve the chain, so that
// only the comparison can tell.
Case x5u_info_mismatch(const World& world) {
  Draft draft(world, "identity/x5u-info-mismatch", "info names another path than x5u");
  draft.cites("RFC 8224 §4.1", {"N07"});
  draft.importance = Importance::kCritical;
  point_info_at(draft, draft.url("other"));
  return draft.finish();
}

// RFC 3986 §6.2.1: simple string comparison; the host differs in case only.
Case x5u_info_case(const World& world) {
  Draft draft(world, "identity/x5u-info-host-case", "info and x5u differ in the case of the host");
  draft.cites("RFC 8224 §4.1, RFC 3986 §6.2.1", {"N08"});
  std::string info = draft.url();
  replace(info, "cr.alpha-tel", "CR.Alpha-Tel");
  point_info_at(draft, info);
  return draft.finish();
}

// The same for a default port that only info spells out.
Case x5u_info_port(const World& world) {
  Draft draft(world, "identity/x5u-info-default-port", "Only info spells out the port 443");
  draft.cites("RFC 8224 §4.1, RFC 3986 §6.2.1", {"N08"});
  std::string info = draft.url();
  replace(info, ".test/", ".test:443/");
  point_info_at(draft, info);
  return draft.finish();
}

// The same for an unreserved octet that only info encodes.
Case x5u_info_percent(const World& world) {
  Draft draft(world, "identity/x5u-info-percent", "Only info percent-encodes a letter of the path");
  draft.cites("RFC 8224 §4.1, RFC 3986 §6.2.1", {"N08"});
  std::string info = draft.url();
  replace(info, "/identity/", "/%69dentity/");
  point_info_at(draft, info);
  return draft.finish();
}

// RFC 8224 §4.1: without the parameter alg is ES256.
Case alg_parameter_absent(const World& world) {
  Draft draft(world, "identity/alg-parameter-absent", "No alg parameter: ES256 is meant");
  draft.cites("RFC 8224 §4.1");
  draft.identities = {{draft.token() + ";info=<" + draft.url() + ">;ppt=shaken"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §4.1: the parameter must say what the token says.
Case alg_mismatch(const World& world) {
  Draft draft(world, "identity/alg-mismatch", "Parameter alg=ES384, token ES256");
  draft.cites("RFC 8224 §4.1", {"N09"});
  draft.identities = {{stir::write_identity_header(draft.token(), draft.url(), "shaken", "ES384")}};
  draft.expected = fails("alg_matches", 438);
  return draft.finish();
}

// RFC 8946 §5 prints ppt quoted, RFC 8224 speaks of a quoted value: both forms are met.
Case parameters_quoted(const World& world) {
  Draft draft(world, "identity/parameters-quoted", "alg and ppt are quoted strings");
  draft.cites("RFC 8224 §4.1, RFC 8946 §5");
  draft.identities = {{draft.token() + ";info=<" + draft.url() + ">;alg=\"ES256\";ppt=\"shaken\""}};
  draft.expected = passes();
  return draft.finish();
}

// The ABNF puts info first, but deployed senders vary.
Case parameters_reordered(const World& world) {
  Draft draft(world, "identity/parameters-reordered", "ppt and alg stand before info");
  draft.cites("RFC 8224 §4");
  draft.importance = Importance::kMedium;
  draft.identities = {{draft.token() + ";ppt=shaken;alg=ES256;info=<" + draft.url() + ">"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §4: ident-info-extension = generic-param.
Case parameter_unknown(const World& world) {
  Draft draft(world, "identity/parameter-unknown", "A parameter that nobody knows follows");
  draft.cites("RFC 8224 §4");
  draft.identities = {{draft.identity() + ";canon=none"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §7.3.1: no parameter name may appear more than once.
Case parameter_twice(const World& world) {
  Draft draft(world, "identity/parameter-twice", "info stands twice, each time the same");
  draft.cites("RFC 3261 §7.3.1");
  draft.identities = {{draft.identity() + ";info=<" + draft.url() + ">"}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// RFC 3261 §25.1: the quote never closes.
Case parameter_unterminated(const World& world) {
  Draft draft(world, "identity/parameter-unterminated", "ppt=\"shaken without the second quote");
  draft.cites("RFC 3261 §25.1");
  draft.identities = {{draft.token() + ";info=<" + draft.url() + ">;alg=ES256;ppt=\"shaken"}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// RFC 8225 §7, RFC 8588 §3: shaken has no compact form. ATIS-1000082 E4.
Case compact_shaken(const World& world) {
  Draft draft(world, "identity/compact-shaken", "Compact form with ppt=shaken");
  draft.cites("RFC 8588 §3", {"N18"});
  std::string token = draft.token();
  token = ".." + token.substr(token.rfind('.') + 1);
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected = fails("full_form_is_used", 438);
  return draft.finish();
}

// RFC 8225 §7, RFC 8224 §4.1.1: a base PASSporT may leave out what the call says: From (there is
// no P-Asserted-Identity), To and Date. strict wants it, too: nothing forbids it.
Case compact_base(const World& world) {
  Draft draft(world, "identity/compact-base", "A base PASSporT in compact form");
  draft.cites("RFC 8224 §4.1.1, RFC 8225 §7");
  draft.importance = Importance::kMedium;
  draft.passport.ppt.clear();
  draft.passport.attest.clear();
  draft.passport.origid.clear();
  draft.asserted.clear();
  std::string token = draft.token();
  token = ".." + token.substr(token.rfind('.') + 1);
  draft.identities = {{stir::write_identity_header(token, draft.url(), "")}};
  draft.expected =
      passes().unverified_in(kAtis74, "ppt_is_supported").but(kApi, "full_form_is_used", 438);
  return draft.finish();
}

// The same, but the Date that iat was taken from was altered: the rebuilt token is another.
Case compact_base_altered_date(const World& world) {
  Draft draft(world, "identity/compact-base-altered-date",
              "A base PASSporT in compact form, Date altered by a second");
  draft.cites("RFC 8224 §4.1.1, RFC 8225 §7");
  draft.importance = Importance::kMedium;
  draft.passport.ppt.clear();
  draft.passport.attest.clear();
  draft.passport.origid.clear();
  draft.asserted.clear();
  draft.date = world.base + kSecond;
  std::string token = draft.token();
  token = ".." + token.substr(token.rfind('.') + 1);
  draft.identities = {{stir::write_identity_header(token, draft.url(), "")}};
  draft.expected = fails("signature_verifies", 438)
                       .unverified_in(kAtis74, "ppt_is_supported")
                       .but(kApi, "full_form_is_used", 438);
  return draft.finish();
}

// RFC 7515 §2: base64url; "+" cannot be in a token.
Case token_plus(const World& world) {
  Draft draft(world, "identity/token-plus", "The token has a + of standard base64");
  draft.cites("RFC 7515 §2", {"N20"});
  std::string token = draft.token();
  token.at(token.rfind('.') + 5) = '+';
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// RFC 7515 §2: without padding.
Case token_padded(const World& world) {
  Draft draft(world, "identity/token-padded", "The signature is padded with ==");
  draft.cites("RFC 7515 §2", {"N20"});
  draft.identities = {{stir::write_identity_header(draft.token() + "==", draft.url())}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// RFC 7515 §2: no white space, as a folded header leaves behind. Some deployed verifiers drop it.
Case token_folded(const World& world) {
  Draft draft(world, "identity/token-folded", "A blank, as folding leaves, inside the token");
  draft.cites("RFC 7515 §2", {"N20"});
  std::string token = draft.token();
  token.insert(token.find('.') + 20, " ");
  draft.identities = {{stir::write_identity_header(token, draft.url())}};
  draft.expected = fails("identity_well_formed", 438).passing_in(kDeployed);
  return draft.finish();
}

// Nothing before the first semicolon.
Case token_empty(const World& world) {
  Draft draft(world, "identity/token-empty", "Only parameters, no token");
  draft.cites("RFC 8224 §4");
  draft.identities = {{";info=<" + draft.url() + ">;alg=ES256;ppt=shaken"}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// A cap keeps memory and work bounded: 8 KiB.
Case too_long(const World& world) {
  Draft draft(world, "identity/too-long", "The value has more than 8 KiB");
  draft.cites("RFC 8224 §4", {"N24"});
  draft.importance = Importance::kMedium;
  constexpr std::size_t kPadding = 8200;
  draft.identities = {{draft.identity() + ";note=" + std::string(kPadding, 'x')}};
  draft.expected = fails("identity_well_formed", 438);
  return draft.finish();
}

// Long, but within the cap.
Case long_but_allowed(const World& world) {
  Draft draft(world, "identity/long-but-allowed", "The value has about 6 KiB");
  draft.cites("RFC 8224 §4", {"N24"});
  draft.importance = Importance::kMedium;
  constexpr std::size_t kPadding = 5400;
  draft.identities = {{draft.identity() + ";note=" + std::string(kPadding, 'x')}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §13.1 keeps the compact name.
Case compact_name(const World& world) {
  Draft draft(world, "identity/compact-field-name", "The header field is called y");
  draft.cites("RFC 8224 §13.1, RFC 3261 §7.3.3");
  draft.identity_name = "y";
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §7.3.1: parameter names are compared without case.
Case parameter_names_upper_case(const World& world) {
  Draft draft(world, "identity/parameter-names-upper-case", "INFO=, ALG= and PPT=");
  draft.cites("RFC 3261 §7.3.1");
  draft.identities = {{draft.token() + ";INFO=<" + draft.url() + ">;ALG=ES256;PPT=shaken"}};
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §25.1: SEMI and EQUAL may stand among blanks.
Case blanks_around(const World& world) {
  Draft draft(world, "identity/blanks-around-parameters", "Blanks around every ; and =");
  draft.cites("RFC 3261 §25.1");
  draft.identities = {
      {draft.token() + " ; info = <" + draft.url() + "> ; alg = ES256 ; ppt = shaken"}};
  draft.expected = passes();
  return draft.finish();
}

// ATIS-1000082 E7.
Case info_empty(const World& world) {
  Draft draft(world, "identity/info-empty", "info=<>");
  draft.cites("RFC 8224 §4", {"N05"});
  draft.identities = {{draft.token() + ";info=<>;alg=ES256;ppt=shaken"}};
  draft.expected = fails("info_is_a_uri", 438).but(kApi, "info_is_a_uri", 436);
  return draft.finish();
}

// RFC 7515 §4.1.1: with case, in the parameter as well.
Case alg_parameter_lower_case(const World& world) {
  Draft draft(world, "identity/alg-parameter-lower-case", "alg=es256, the token says ES256");
  draft.cites("RFC 8224 §4.1, RFC 7515 §4.1.1", {"N09"});
  draft.identities = {{stir::write_identity_header(draft.token(), draft.url(), "shaken", "es256")}};
  draft.expected = fails("alg_matches", 438);
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {good(w),
          absent(w),
          absent_but_required(w),
          ppt_unknown(w),
          ppt_unknown_but_required(w),
          ppt_upper_case(w),
          base_passport(w),
          info_missing(w),
          info_without_brackets(w),
          info_relative(w),
          x5u_info_mismatch(w),
          x5u_info_case(w),
          x5u_info_port(w),
          x5u_info_percent(w),
          alg_parameter_absent(w),
          alg_mismatch(w),
          parameters_quoted(w),
          parameters_reordered(w),
          parameter_unknown(w),
          parameter_twice(w),
          parameter_unterminated(w),
          compact_shaken(w),
          compact_base(w),
          compact_base_altered_date(w),
          token_plus(w),
          token_padded(w),
          token_folded(w),
          token_empty(w),
          too_long(w),
          long_but_allowed(w),
          compact_name(w),
          parameter_names_upper_case(w),
          blanks_around(w),
          info_empty(w),
          alg_parameter_lower_case(w)};
}

}  // namespace shakedown::vectors::identity
