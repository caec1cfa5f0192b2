// Strict decoding and encoding through OpenSSL's ASN.1 templates. For the sources of this folder.
//
// Templates read BER. Structures that certificates carry must be DER, so what was read is written
// again and must give the same octets.
#pragma once

#include <openssl/asn1t.h>

#include <memory>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "crypto/octets/openssl.h"
#include "sim/result.h"

namespace shakedown::crypto {

struct Asn1Free {
  const ASN1_ITEM* item = nullptr;

  template <class T>
  void operator()(T* value) const {
    ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(value), item);
  }
};

template <class T>
using Asn1Owner = std::unique_ptr<T, Asn1Free>;

template <class T>
Result<Bytes> asn1_encode(const ASN1_ITEM* item, const T* value) {
  const ErrorQueueGuard guard;
  unsigned char* octets = nullptr;
  const int size = ASN1_item_i2d(reinterpret_cast<const ASN1_VALUE*>(value), &octets, item);
  if (size <= 0) return fail(ErrorCode::kMalformed, openssl_error("cannot be encoded"));
  Bytes der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

// T is what `item` describes. Errors: kMalformed; kTooLarge over 64 KiB.
template <class T>
Result<Asn1Owner<T>> asn1_decode(const ASN1_ITEM* item, std::string_view der) {
  constexpr std::size_t kMaximumSize = 64 * 1024;
  if (der.size() > kMaximumSize) return fail(ErrorCode::kTooLarge, "over 64 KiB");
  const ErrorQueueGuard guard;
  const unsigned char* cursor = octets_of(der);
  ASN1_VALUE* value = ASN1_item_d2i(nullptr, &cursor, static_cast<long>(der.size()), item);
  Asn1Owner<T> owner(reinterpret_cast<T*>(value), Asn1Free{item});
  if (value == nullptr) return fail(ErrorCode::kMalformed, openssl_error("not this structure"));
  if (cursor != octets_of(der) + der.size()) {
    return fail(ErrorCode::kMalformed, "octets left over");
  }
  ASSIGN_OR_RETURN(const Bytes again, asn1_encode(item, owner.get()));
  if (again != der) return fail(ErrorCode::kMalformed, "BER, not DER");
  return owner;
}

template <class T>
Asn1Owner<T> asn1_new(const ASN1_ITEM* item) {
  Asn1Owner<T> owner(reinterpret_cast<T*>(ASN1_item_new(item)), Asn1Free{item});
  SHAKEDOWN_ASSERT(owner != nullptr);
  return owner;
}

inline std::string_view asn1_text(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

inline void asn1_set_text(ASN1_STRING* target, std::string_view text) {
  SHAKEDOWN_ASSERT(ASN1_STRING_set(target, text.data(), static_cast<int>(text.size())) == 1);
}

}  // namespace shakedown::crypto
