// The defect that deferred verification must not hide, put in at link time: a signature ledger that
// takes every signature for one that this process has made. Linked before the library, it stands in
// for crypto/keys/signature_ledger.cc, so that nothing of it is in the program that is shipped.
#include "crypto/keys/signature_ledger.h"

namespace shakedown::crypto {

void SignatureLedger::note(std::string_view, const Es256Signature&, const PublicKey&) {}

bool SignatureLedger::is_expected_good(std::string_view, const Es256Signature&, const PublicKey&) {
  return true;
}

void SignatureLedger::forge_for_test(std::string_view, const Es256Signature&, const PublicKey&) {}

}  // namespace shakedown::crypto
