// Who has an account at the STI-PA: providers with their service provider codes, and STI-CAs. Also
// who is logged in. Pure: time is an argument; belongs to one actor.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/tn_auth_list.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::actors {

struct PolicyAdministratorAccount {
  std::string id;       // In URLs, and who may report for whom: an actor's name, "acme-tel".
  std::string user_id;  // Empty: the id.
  std::string password;
  std::vector<std::string> spcs;  // "709J". An STI-CA has none.
  // Numbers and ranges that it may have certificates for (proof of possession, delegation).
  std::vector<crypto::TnEntry> numbers;
  bool may_have_ca_certificates = true;  // Tokens with ca: true (RFC 9448 §5.4).
  bool suspended = false;
};

class Accounts {
 public:
  // Errors: kRefused if the id, the user or a code is taken or the id is empty.
  Status add(PolicyAdministratorAccount account);
  // Ends its logins too. Errors of all four: kNotFound.
  Status suspend(std::string_view id);
  Status restore(std::string_view id);
  Status remove(std::string_view id);
  // The account no longer holds the code, which may be given to another. Also kNotFound if it did
  // not hold it.
  Status withdraw_code(std::string_view id, std::string_view spc);

  const PolicyAdministratorAccount* find(std::string_view id) const;

  // Null: there is no such user.
  const PolicyAdministratorAccount* of_user(std::string_view user_id) const;
  // The account behind these credentials; null if wrong, unknown or suspended.
  const PolicyAdministratorAccount* authenticate(std::string_view user_id,
                                                 std::string_view password) const;
  void log_in(std::string access_token, std::string_view id, sim::Time expires, sim::Time now);
  // Null: no such login, or it has expired, or the account is suspended.
  const PolicyAdministratorAccount* logged_in(std::string_view access_token, sim::Time now) const;

 private:
  struct Login {
    std::string account;
    sim::Time expires;
  };

  void end_logins(std::string_view id);

  std::map<std::string, PolicyAdministratorAccount, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> account_of_user_;
  std::map<std::string, Login, std::less<>> logins_;
};

// Why the account may not have a certificate for these entries; nullopt: it may (RFC 9448 §5.6:
// every entry must belong to it).
std::optional<std::string> objection_to_entries(const PolicyAdministratorAccount& account,
                                                const std::vector<crypto::TnEntry>& entries);

}  // namespace shakedown::actors
