// Who calls whom: orig and dest against the signalling (RFC 8224 §6.2.4, §12.1; ATIS-1000074
// §5.3.1). Deployed verifiers (libsecsipid) compare neither.
#include "vectors/cases/groups.h"

namespace shakedown::vectors::party {
namespace {

// RFC 8224 §6.2.4: the identity comes from the signalling, never from the PASSporT.
Case orig_spoofed(const World& world) {
  Draft draft(world, "party/orig-differs",
              "orig is another number than From and P-Asserted-Identity");
  draft.cites("RFC 8224 §6.2.4", {"N43"});
  draft.importance = Importance::kCritical;
  draft.passport.orig = stir::telephone_number(std::string(kOtherNumber));
  draft.expected = fails("orig_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// ATIS-1000074 §5.3.1: P-Asserted-Identity counts where there is one.
Case asserted_differs(const World& world) {
  Draft draft(world, "party/asserted-differs", "From is orig, P-Asserted-Identity is another");
  draft.cites("ATIS-1000074 §5.3.1", {"N44"});
  draft.asserted = "<sip:+12015550199@alpha-tel.test;user=phone>";
  draft.expected = fails("orig_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// The reverse: From was changed for display, the assertion is what was signed.
Case from_differs(const World& world) {
  Draft draft(world, "party/from-differs", "P-Asserted-Identity is orig, From is another");
  draft.cites("ATIS-1000074 §5.3.1", {"N44"});
  draft.from = "\"Bob\" <sip:+12015550199@alpha-tel.test;user=phone>;tag=1";
  draft.expected = passes();
  return draft.finish();
}

// Without the assertion From counts.
Case only_from(const World& world) {
  Draft draft(world, "party/only-from", "There is no P-Asserted-Identity, From is orig");
  draft.cites("RFC 8224 §8.1");
  draft.asserted.clear();
  draft.expected = passes();
  return draft.finish();
}

Case only_from_differs(const World& world) {
  Draft draft(world, "party/only-from-differs", "There is no P-Asserted-Identity, From is another");
  draft.cites("RFC 8224 §8.1", {"N43"});
  draft.importance = Importance::kCritical;
  draft.asserted.clear();
  draft.from = "<sip:+12015550199@alpha-tel.test;user=phone>;tag=1";
  draft.expected = fails("orig_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 3325 §9.1 allows one sip and one tel URI; the one with a number counts.
Case asserted_twice(const World& world) {
  Draft draft(world, "party/asserted-sip-and-tel", "P-Asserted-Identity has a name and a tel URI");
  draft.cites("RFC 3325 §9.1, ATIS-1000074 §5.3.1");
  draft.importance = Importance::kMedium;
  draft.asserted = "<sip:alice@alpha-tel.test>, <tel:+12015550101>";
  draft.from = "<sip:alice@alpha-tel.test>;tag=1";
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §8.3: visual separators do not count.
Case from_separators(const World& world) {
  Draft draft(world, "party/from-separators", "From is tel:+1-201-555-0101");
  draft.cites("RFC 8224 §8.3, RFC 3966 §3");
  draft.asserted.clear();
  draft.from = "<tel:+1-201-555-0101>;tag=1";
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §8.3: ten digits become E.164 by the local plan of +1.
Case from_national(const World& world) {
  Draft draft(world, "party/from-national", "From is 2015550101 without country code");
  draft.cites("RFC 8224 §8.3");
  draft.importance = Importance::kMedium;
  draft.needs = {"numbering_plan_nanp"};
  draft.asserted.clear();
  draft.from = "<sip:2015550101@alpha-tel.test;user=phone>;tag=1";
  draft.expected = passes();
  return draft.finish();
}

// RFC 3261 §20.10: a bracket inside the quoted display name is no address.
Case from_display_name(const World& world) {
  Draft draft(world, "party/from-display-name", "The display name looks like another address");
  draft.cites("RFC 3261 §20.10");
  draft.importance = Importance::kCritical;
  draft.asserted.clear();
  draft.passport.orig = stir::telephone_number(std::string(kOtherNumber));
  draft.from =
      "\"<sip:+12015550199@alpha-tel.test>\" <sip:+12015550101@alpha-tel.test;user=phone>;tag=1";
  draft.expected = fails("orig_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// Nobody is named: nothing can match.
Case anonymous(const World& world) {
  Draft draft(world, "party/from-anonymous", "From is anonymous and nobody is asserted");
  draft.cites("RFC 8224 §6.2.4, RFC 3323 §4.1.1.3", {"N43"});
  draft.asserted.clear();
  draft.from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";
  draft.expected = fails("orig_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 3323: the caller hides from the callee, the network still asserts who it is.
Case anonymous_asserted(const World& world) {
  Draft draft(world, "party/from-anonymous-asserted", "From is anonymous, orig is asserted");
  draft.cites("RFC 3323 §4.1.1.3, ATIS-1000074 §5.3.1");
  draft.from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";
  draft.expected = passes();
  return draft.finish();
}

// RFC 8224 §12.1: the PASSporT of a call to somebody else is replayed.
Case dest_differs(const World& world) {
  Draft draft(world, "party/dest-differs", "dest is another number than To");
  draft.cites("RFC 8224 §12.1", {"N47"});
  draft.importance = Importance::kCritical;
  draft.passport.dest_tn = {"14155550177"};
  draft.expected = fails("dest_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8225 §5.2.1: dest may name several; To is one of them. ATIS-1000082 E16 wants the same
// numbers in the same order.
Case dest_several(const World& world) {
  Draft draft(world, "party/dest-several", "dest names two numbers, To is the second");
  draft.cites("RFC 8225 §5.2.1");
  draft.importance = Importance::kMedium;
  draft.passport.dest_tn = {"12125550100", std::string(kCalled)};
  draft.expected = passes().but(kAtis82, "dest_matches", 438);
  return draft.finish();
}

// RFC 8224 §12.1.1: retargeting without div. To still says who was called first.
Case retargeted(const World& world) {
  Draft draft(world, "party/retargeted-to-kept", "The Request-URI was retargeted, To was kept");
  draft.cites("RFC 8224 §12.1.1");
  draft.request_uri = "sip:+14155550177@beta-voice.test;user=phone";
  draft.expected = passes();
  return draft.finish();
}

// By policy the Request-URI may be what dest names. ATIS-1000082 compares its own `to`.
Case request_uri_matches(const World& world) {
  Draft draft(world, "party/request-uri-by-policy", "To is another, the Request-URI is dest");
  draft.cites("RFC 8224 §12.1.1");
  draft.importance = Importance::kLow;
  draft.configuration.dest_may_be_request_uri = true;
  draft.needs = {"dest_may_be_request_uri"};
  draft.to = "<sip:+14155550177@beta-voice.test;user=phone>";
  draft.expected = passes().but(kAtis82, "dest_matches", 438);
  return draft.finish();
}

// Without that policy it does not help.
Case request_uri_not_asked(const World& world) {
  Draft draft(world, "party/request-uri-not-asked", "The same without that policy");
  draft.cites("RFC 8224 §12.1", {"N47"});
  draft.to = "<sip:+14155550177@beta-voice.test;user=phone>";
  draft.expected = fails("dest_matches", 438).passing_in(kDeployed);
  return draft.finish();
}

// RFC 8224 §8.3: short codes stay as they are.
Case short_code(const World& world) {
  Draft draft(world, "party/dest-short-code", "A call to 911");
  draft.cites("RFC 8224 §8.3", {"N56"});
  draft.to = "<sip:911@beta-voice.test;user=phone>";
  draft.request_uri = "sip:911@beta-voice.test;user=phone";
  draft.passport.dest_tn = {"911"};
  draft.expected = passes();
  return draft.finish();
}

// RFC 8225 §5.2.1.2: dest may be a URI. ATIS-1000082 compares numbers only.
Case dest_uri(const World& world) {
  Draft draft(world, "party/dest-uri", "A call to sip:bob@beta-voice.test");
  draft.cites("RFC 8225 §5.2.1.2");
  draft.importance = Importance::kMedium;
  draft.to = "<sip:bob@beta-voice.test>";
  draft.request_uri = "sip:bob@beta-voice.test";
  draft.passport.dest_tn.clear();
  draft.passport.dest_uri = {"sip:bob@beta-voice.test"};
  draft.expected = passes().but(kAtis82, "dest_matches", 438);
  return draft.finish();
}

// RFC 8224 §4.1: SDP with key fingerprints wants the claim mky; SHAKEN leaves it out.
Case fingerprint(const World& world) {
  Draft draft(world, "party/fingerprint-without-mky", "a=fingerprint in the SDP, no mky claim");
  draft.cites("RFC 8224 §4.1", {"N57"});
  draft.importance = Importance::kLow;
  draft.body =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
      "m=audio 49170 UDP/TLS/RTP/SAVP 0\r\n"
      "a=fingerprint:sha-256 "
      "02:1A:CC:54:27:AB:EB:9C:53:3F:3E:4B:65:2E:7D:46:"
      "3F:54:42:CD:54:F1:7A:03:A2:7D:F9:B0:7F:46:19:B2\r\n";
  draft.expected = passes();
  return draft.finish();
}

// 3GPP TS 24.229 §7.2A.20: a verstat from outside says nothing and is no part of the number.
Case from_verstat(const World& world) {
  Draft draft(world, "party/from-verstat", "P-Asserted-Identity arrives with a verstat");
  draft.cites("3GPP TS 24.229 §7.2A.20, RFC 8224 §8.3");
  draft.asserted = "<sip:+12015550101;verstat=TN-Validation-Failed@alpha-tel.test;user=phone>";
  draft.expected = passes();
  return draft.finish();
}

// RFC 4694: routing parameters are no part of the number.
Case from_routing(const World& world) {
  Draft draft(world, "party/from-routing-number", "The number comes with npdi and rn");
  draft.cites("RFC 4694 §5, RFC 8224 §8.3");
  draft.asserted = "<tel:+12015550101;npdi;rn=+12015550000>";
  draft.expected = passes();
  return draft.finish();
}

// RFC 3966 §5.1.5: a local number in a global context.
Case from_context(const World& world) {
  Draft draft(world, "party/from-phone-context", "tel:2015550101;phone-context=+1");
  draft.cites("RFC 3966 §5.1.5, RFC 8224 §8.3");
  draft.importance = Importance::kMedium;
  draft.asserted = "<tel:2015550101;phone-context=+1>";
  draft.expected = passes();
  return draft.finish();
}

}  // namespace

std::vector<Case> cases(const World& w) {
  return {
      orig_spoofed(w),      asserted_differs(w), from_differs(w),        only_from(w),
      only_from_differs(w), asserted_twice(w),   from_separators(w),     from_national(w),
      from_display_name(w), anonymous(w),        anonymous_asserted(w),  dest_differs(w),
      dest_several(w),      retargeted(w),       request_uri_matches(w), request_uri_not_asked(w),
      short_code(w),        dest_uri(w),         fingerprint(w),         from_verstat(w),
      from_routing(w),      from_context(w)};
}

}  // namespace shakedown::vectors::party
