#include "crypto/keys/hsm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <vector>

#include "crypto/keys/cryptoki.h"
#include "crypto/keys/envelope.h"
#include "crypto/keys/randomness.h"
#include "crypto/keys/signature_ledger.h"
#include "crypto/octets/digest.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

// The DER of prime256v1, as CKA_EC_PARAMS wants it.
constexpr std::string_view kP256Parameters = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
constexpr std::size_t kMaximumSecret = 4096;
constexpr std::size_t kPinSize = 16;

CK_BBOOL yes = CK_TRUE;
CK_BBOOL no = CK_FALSE;

// An attribute that the module only reads.
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, std::string_view octets) {
  return {type, const_cast<char*>(octets.data()), octets.size()};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, CK_BBOOL& flag) {
  return {type, &flag, sizeof flag};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, CK_ULONG& number) {
  return {type, &number, sizeof number};
}

CK_BYTE_PTR octet_pointer(std::string_view octets) {
  return reinterpret_cast<CK_BYTE_PTR>(const_cast<char*>(octets.data()));
}

// What every secret object has: it never leaves the token.
std::vector<CK_ATTRIBUTE> secret_template(KeyStorage storage,
                                          std::string_view label,
                                          std::string_view id) {
  return {attribute(CKA_TOKEN, storage == KeyStorage::kToken ? yes : no),
          attribute(CKA_PRIVATE, yes),
          attribute(CKA_SENSITIVE, yes),
          attribute(CKA_EXTRACTABLE, no),
          attribute(CKA_LABEL, label),
          attribute(CKA_ID, id)};
}

struct Object {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  KeyStorage storage = KeyStorage::kSession;
  std::string id;           // CKA_ID: finds the object again after a new login.
  PublicKeyPtr public_key;  // Of a signing key.
};

}  // namespace

struct Hsm::State {
  std::shared_ptr<CryptokiModule> module;
  CK_SLOT_ID slot = 0;
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  std::string pin;
  bool logged_in = false;
  std::map<KeyHandle, Object> objects;
  std::uint64_t last_handle = 0;

  CK_FUNCTION_LIST& call() const { return module->call(); }

  std::string next_id() const { return fmt::format("{:016x}", last_handle + 1); }

  KeyHandle keep(Object object) {
    const KeyHandle handle{++last_handle};
    objects.emplace(handle, std::move(object));
    return handle;
  }

  Result<const Object*> find(KeyHandle handle, bool signing) const {
    if (!logged_in) return fail(ErrorCode::kKeyUnavailable, "the token is logged out");
    const auto found = objects.find(handle);
    if (found == objects.end() || (found->second.public_key != nullptr) != signing) {
      return fail(ErrorCode::kKeyUnavailable, "no such key in the token");
    }
    return &found->second;
  }

  Status initialize_token();

  Status log_in_user() {
    RETURN_IF_ERROR(cryptoki_status(
        call().C_Login(session, CKU_USER, octet_pointer(pin), pin.size()), "C_Login"));
    logged_in = true;
    return {};
  }

  Result<PublicKeyPtr> read_public_key(CK_OBJECT_HANDLE object) const;
  Result<CK_OBJECT_HANDLE> find_object(const std::string& id) const;
};

namespace {

Result<std::vector<CK_SLOT_ID>> slots_of(CK_FUNCTION_LIST& call) {
  CK_ULONG count = 0;
  RETURN_IF_ERROR(cryptoki_status(call.C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList"));
  std::vector<CK_SLOT_ID> slots(count);
  RETURN_IF_ERROR(
      cryptoki_status(call.C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList"));
  slots.resize(count);
  return slots;
}

// The slot of the token with this label, or without one of the free slot.
Result<CK_SLOT_ID> find_slot(CK_FUNCTION_LIST& call, std::optional<std::string_view> label) {
  ASSIGN_OR_RETURN(const std::vector<CK_SLOT_ID> slots, slots_of(call));
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    RETURN_IF_ERROR(cryptoki_status(call.C_GetTokenInfo(slot, &info), "C_GetTokenInfo"));
    const bool is_free = (info.flags & CKF_TOKEN_INITIALIZED) == 0;
    const std::string_view name(reinterpret_cast<const char*>(info.label), sizeof info.label);
    if (label ? (!is_free && name == *label) : is_free) return slot;
  }
  return fail(ErrorCode::kTokenFailed, "no slot for the token");
}

}  // namespace

Status Hsm::State::initialize_token() {
  static std::atomic<unsigned> count = 0;
  const std::string label = fmt::format("{:<32}", fmt::format("shakedown {}", ++count));
  const std::string officer_pin = to_hex(random_secret(kPinSize).view());
  pin = to_hex(random_secret(kPinSize).view());
  ASSIGN_OR_RETURN(const CK_SLOT_ID free_slot, find_slot(call(), std::nullopt));
  RETURN_IF_ERROR(cryptoki_status(call().C_InitToken(free_slot, octet_pointer(officer_pin),
                                                     officer_pin.size(), octet_pointer(label)),
                                  "C_InitToken"));
  // SoftHSM gives the token another slot number now.
  ASSIGN_OR_RETURN(slot, find_slot(call(), label));
  RETURN_IF_ERROR(cryptoki_status(
      call().C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
      "C_OpenSession"));
  RETURN_IF_ERROR(cryptoki_status(
      call().C_Login(session, CKU_SO, octet_pointer(officer_pin), officer_pin.size()), "C_Login"));
  RETURN_IF_ERROR(
      cryptoki_status(call().C_InitPIN(session, octet_pointer(pin), pin.size()), "C_InitPIN"));
  RETURN_IF_ERROR(cryptoki_status(call().C_Logout(session), "C_Logout"));
  return log_in_user();
}

Result<PublicKeyPtr> Hsm::State::read_public_key(CK_OBJECT_HANDLE object) const {
  // CKA_EC_POINT is the point inside an OCTET STRING.
  std::array<char, kPointSize + 2> octets{};
  CK_ATTRIBUTE point{CKA_EC_POINT, octets.data(), octets.size()};
  RETURN_IF_ERROR(cryptoki_status(call().C_GetAttributeValue(session, object, &point, 1),
                                  "C_GetAttributeValue"));
  if (point.ulValueLen != octets.size()) {
    return fail(ErrorCode::kTokenFailed, "the token gave no point of P-256");
  }
  return PublicKey::from_uncompressed_point(std::string_view(octets.data() + 2, kPointSize));
}

Result<CK_OBJECT_HANDLE> Hsm::State::find_object(const std::string& id) const {
  CK_ATTRIBUTE wanted = attribute(CKA_ID, id);
  RETURN_IF_ERROR(
      cryptoki_status(call().C_FindObjectsInit(session, &wanted, 1), "C_FindObjectsInit"));
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_ULONG count = 0;
  const CK_RV found = call().C_FindObjects(session, &object, 1, &count);
  call().C_FindObjectsFinal(session);
  RETURN_IF_ERROR(cryptoki_status(found, "C_FindObjects"));
  if (count == 0) return fail(ErrorCode::kKeyUnavailable, "the token lost a key");
  return object;
}

Hsm::Hsm(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

Hsm::~Hsm() {
  const std::lock_guard lock(state_->module->mutex());
  state_->call().C_CloseSession(state_->session);
}

Result<std::unique_ptr<Hsm>> Hsm::open_temporary(std::string_view module_path) {
  const ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(auto module, CryptokiModule::acquire(module_path));
  auto state = std::make_unique<State>();
  state->module = std::move(module);
  std::unique_ptr<Hsm> hsm(new Hsm(std::move(state)));
  const std::lock_guard lock(hsm->state_->module->mutex());
  RETURN_IF_ERROR(hsm->state_->initialize_token());
  return hsm;
}

Result<KeyHandle> Hsm::generate_signing_key(std::string_view label, KeyStorage storage) {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  if (!state_->logged_in) return fail(ErrorCode::kKeyUnavailable, "the token is logged out");
  const std::string id = state_->next_id();
  // The public object is read once and dropped: SoftHSM slows down with the number of objects.
  std::vector<CK_ATTRIBUTE> public_template{attribute(CKA_TOKEN, no), attribute(CKA_VERIFY, yes),
                                            attribute(CKA_EC_PARAMS, kP256Parameters)};
  std::vector<CK_ATTRIBUTE> private_template = secret_template(storage, label, id);
  private_template.push_back(attribute(CKA_SIGN, yes));
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  CK_OBJECT_HANDLE public_object = CK_INVALID_HANDLE;
  Object object{.handle = CK_INVALID_HANDLE, .storage = storage, .id = id, .public_key = nullptr};
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_GenerateKeyPair(state_->session, &mechanism, public_template.data(),
                                       public_template.size(), private_template.data(),
                                       private_template.size(), &public_object, &object.handle),
      "C_GenerateKeyPair"));
  ASSIGN_OR_RETURN(object.public_key, state_->read_public_key(public_object));
  state_->call().C_DestroyObject(state_->session, public_object);
  return state_->keep(std::move(object));
}

Result<KeyHandle> Hsm::import_signing_key(std::string_view label,
                                          const PrivateKey& key,
                                          KeyStorage storage) {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  if (!state_->logged_in) return fail(ErrorCode::kKeyUnavailable, "the token is logged out");
  const std::string id = state_->next_id();
  const SecretBytes scalar = key.scalar();
  CK_ULONG object_class = CKO_PRIVATE_KEY;
  CK_ULONG key_type = CKK_EC;
  std::vector<CK_ATTRIBUTE> wanted = secret_template(storage, label, id);
  wanted.push_back(attribute(CKA_CLASS, object_class));
  wanted.push_back(attribute(CKA_KEY_TYPE, key_type));
  wanted.push_back(attribute(CKA_SIGN, yes));
  wanted.push_back(attribute(CKA_EC_PARAMS, kP256Parameters));
  wanted.push_back(attribute(CKA_VALUE, scalar.view()));
  Object object{
      .handle = CK_INVALID_HANDLE, .storage = storage, .id = id, .public_key = key.public_key()};
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_CreateObject(state_->session, wanted.data(), wanted.size(), &object.handle),
      "C_CreateObject"));
  return state_->keep(std::move(object));
}

Result<PublicKeyPtr> Hsm::public_key(KeyHandle key) const {
  const std::lock_guard lock(state_->module->mutex());
  ASSIGN_OR_RETURN(const Object* object, state_->find(key, true));
  return object->public_key;
}

Result<Es256Signature> Hsm::sign(KeyHandle key, std::string_view message) const {
  const ErrorQueueGuard guard;
  const Sha256Digest digest = sha256(message);
  Es256Signature signature;
  PublicKeyPtr public_key;
  {
    const std::lock_guard lock(state_->module->mutex());
    ASSIGN_OR_RETURN(const Object* object, state_->find(key, true));
    public_key = object->public_key;
    CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
    RETURN_IF_ERROR(cryptoki_status(
        state_->call().C_SignInit(state_->session, &mechanism, object->handle), "C_SignInit"));
    CK_ULONG size = signature.size();
    RETURN_IF_ERROR(
        cryptoki_status(state_->call().C_Sign(state_->session, octet_pointer(as_view(digest)),
                                              digest.size(), signature.data(), &size),
                        "C_Sign"));
    if (size != signature.size()) return fail(ErrorCode::kTokenFailed, "C_Sign: wrong length");
  }
  SignatureLedger::note(message, signature, *public_key);
  return signature;
}

Result<KeyHandle> Hsm::generate_master_key(std::string_view label, KeyStorage storage) {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  if (!state_->logged_in) return fail(ErrorCode::kKeyUnavailable, "the token is logged out");
  const std::string id = state_->next_id();
  CK_ULONG size = kAes256KeySize;
  std::vector<CK_ATTRIBUTE> wanted = secret_template(storage, label, id);
  wanted.push_back(attribute(CKA_ENCRYPT, yes));
  wanted.push_back(attribute(CKA_DECRYPT, yes));
  wanted.push_back(attribute(CKA_VALUE_LEN, size));
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  Object object{.handle = CK_INVALID_HANDLE, .storage = storage, .id = id, .public_key = nullptr};
  RETURN_IF_ERROR(
      cryptoki_status(state_->call().C_GenerateKey(state_->session, &mechanism, wanted.data(),
                                                   wanted.size(), &object.handle),
                      "C_GenerateKey"));
  return state_->keep(std::move(object));
}

namespace {

// Points into its arguments.
CK_GCM_PARAMS gcm_parameters(std::string_view iv, std::string_view aad) {
  SHAKEDOWN_ASSERT(iv.size() == kGcmIvSize);
  constexpr CK_ULONG kBits = 8;
  CK_GCM_PARAMS parameters{};
  parameters.pIv = octet_pointer(iv);
  parameters.ulIvLen = iv.size();
  parameters.ulIvBits = iv.size() * kBits;
  parameters.pAAD = octet_pointer(aad);
  parameters.ulAADLen = aad.size();
  parameters.ulTagBits = kGcmTagSize * kBits;
  return parameters;
}

}  // namespace

Result<Bytes> Hsm::wrap(KeyHandle master_key,
                        const SecretBytes& secret,
                        std::string_view iv,
                        std::string_view aad) const {
  if (secret.size() > kMaximumSecret) return fail(ErrorCode::kTooLarge, "a secret over 4 KiB");
  const ErrorQueueGuard guard;
  CK_GCM_PARAMS parameters = gcm_parameters(iv, aad);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  Bytes wrapped(secret.size() + kGcmTagSize, '\0');
  CK_ULONG size = wrapped.size();
  const std::lock_guard lock(state_->module->mutex());
  ASSIGN_OR_RETURN(const Object* object, state_->find(master_key, false));
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_EncryptInit(state_->session, &mechanism, object->handle), "C_EncryptInit"));
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_Encrypt(state_->session, octet_pointer(secret.view()), secret.size(),
                               reinterpret_cast<CK_BYTE_PTR>(wrapped.data()), &size),
      "C_Encrypt"));
  if (size != wrapped.size()) return fail(ErrorCode::kTokenFailed, "C_Encrypt: wrong length");
  return wrapped;
}

Result<SecretBytes> Hsm::unwrap(KeyHandle master_key,
                                std::string_view wrapped,
                                std::string_view iv,
                                std::string_view aad) const {
  if (wrapped.size() < kGcmTagSize) return fail(ErrorCode::kMalformed, "shorter than a tag");
  if (wrapped.size() > kMaximumSecret + kGcmTagSize) {
    return fail(ErrorCode::kTooLarge, "a secret over 4 KiB");
  }
  const ErrorQueueGuard guard;
  CK_GCM_PARAMS parameters = gcm_parameters(iv, aad);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  // SoftHSM wants room for the tag as well.
  SecretBytes room(wrapped.size());
  CK_ULONG size = room.size();
  const std::lock_guard lock(state_->module->mutex());
  ASSIGN_OR_RETURN(const Object* object, state_->find(master_key, false));
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_DecryptInit(state_->session, &mechanism, object->handle), "C_DecryptInit"));
  const CK_RV code = state_->call().C_Decrypt(state_->session, octet_pointer(wrapped),
                                              wrapped.size(), room.data(), &size);
  // What SoftHSM answers when the tag does not match.
  if (code == CKR_ENCRYPTED_DATA_INVALID || code == CKR_GENERAL_ERROR) {
    return fail(ErrorCode::kRefused, "C_Decrypt: " + cryptoki_error_name(code));
  }
  RETURN_IF_ERROR(cryptoki_status(code, "C_Decrypt"));
  return SecretBytes(room.view().substr(0, size));
}

Status Hsm::destroy(KeyHandle key) {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  const auto found = state_->objects.find(key);
  if (!state_->logged_in || found == state_->objects.end()) {
    return fail(ErrorCode::kKeyUnavailable, "no such key in the token");
  }
  RETURN_IF_ERROR(cryptoki_status(
      state_->call().C_DestroyObject(state_->session, found->second.handle), "C_DestroyObject"));
  state_->objects.erase(found);
  return {};
}

Status Hsm::log_out() {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  if (!state_->logged_in) return {};
  RETURN_IF_ERROR(cryptoki_status(state_->call().C_Logout(state_->session), "C_Logout"));
  state_->logged_in = false;
  // The token destroys private session objects at logout (PKCS#11 §5.6).
  std::erase_if(state_->objects,
                [](const auto& item) { return item.second.storage == KeyStorage::kSession; });
  return {};
}

Status Hsm::log_in() {
  const ErrorQueueGuard guard;
  const std::lock_guard lock(state_->module->mutex());
  if (state_->logged_in) return {};
  RETURN_IF_ERROR(state_->log_in_user());
  for (auto& [handle, object] : state_->objects) {
    ASSIGN_OR_RETURN(object.handle, state_->find_object(object.id));
  }
  return {};
}

const std::string& Hsm::folder() const { return state_->module->folder(); }

}  // namespace shakedown::crypto
