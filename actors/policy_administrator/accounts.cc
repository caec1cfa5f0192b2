#include "actors/policy_administrator/accounts.h"

#include <algorithm>
#include <utility>

#include "crypto/octets/bytes.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kMaximumLogins = 10'000;

tl::unexpected<Error> no_account(std::string_view id) {
  return fail(ErrorCode::kNotFound, "no account " + std::string(id));
}

bool holds_code(const PolicyAdministratorAccount& account, std::string_view spc) {
  return std::find(account.spcs.begin(), account.spcs.end(), spc) != account.spcs.end();
}

}  // namespace

Status Accounts::add(PolicyAdministratorAccount account) {
  if (account.user_id.empty()) account.user_id = account.id;
  if (account.id.empty()) return fail(ErrorCode::kRefused, "an account needs an id");
  if (accounts_.contains(account.id) || account_of_user_.contains(account.user_id)) {
    return fail(ErrorCode::kRefused, "there is an account " + account.id + " already");
  }
  for (const auto& [id, other] : accounts_) {
    for (const std::string& spc : account.spcs) {
      if (holds_code(other, spc)) return fail(ErrorCode::kRefused, spc + " belongs to " + id);
    }
  }
  account_of_user_[account.user_id] = account.id;
  const std::string id = account.id;
  accounts_.emplace(id, std::move(account));
  return {};
}

Status Accounts::suspend(std::string_view id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return no_account(id);
  found->second.suspended = true;
  end_logins(id);
  return {};
}

Status Accounts::restore(std::string_view id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return no_account(id);
  found->second.suspended = false;
  return {};
}

Status Accounts::remove(std::string_view id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return no_account(id);
  end_logins(id);
  account_of_user_.erase(found->second.user_id);
  accounts_.erase(found);
  return {};
}

Status Accounts::withdraw_code(std::string_view id, std::string_view spc) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return no_account(id);
  const auto erased =
      std::erase_if(found->second.spcs, [spc](const std::string& held) { return held == spc; });
  if (erased == 0) {
    return fail(ErrorCode::kNotFound, std::string(spc) + " is not held by " + std::string(id));
  }
  return {};
}

const PolicyAdministratorAccount* Accounts::find(std::string_view id) const {
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

const PolicyAdministratorAccount* Accounts::of_user(std::string_view user_id) const {
  const auto user = account_of_user_.find(user_id);
  return user == account_of_user_.end() ? nullptr : find(user->second);
}

const PolicyAdministratorAccount* Accounts::authenticate(std::string_view user_id,
                                                         std::string_view password) const {
  const PolicyAdministratorAccount* account = of_user(user_id);
  if (account == nullptr || account->suspended ||
      !crypto::constant_time_equal(account->password, password)) {
    return nullptr;
  }
  return account;
}

void Accounts::log_in(std::string access_token,
                      std::string_view id,
                      sim::Time expires,
                      sim::Time now) {
  if (logins_.size() >= kMaximumLogins) {
    std::erase_if(logins_, [now](const auto& login) { return login.second.expires <= now; });
  }
  if (logins_.size() >= kMaximumLogins) logins_.erase(logins_.begin());
  logins_[std::move(access_token)] = {std::string(id), expires};
}

const PolicyAdministratorAccount* Accounts::logged_in(std::string_view access_token,
                                                      sim::Time now) const {
  const auto login = logins_.find(access_token);
  if (login == logins_.end() || login->second.expires <= now) return nullptr;
  const PolicyAdministratorAccount* account = find(login->second.account);
  return account != nullptr && !account->suspended ? account : nullptr;
}

void Accounts::end_logins(std::string_view id) {
  std::erase_if(logins_, [id](const auto& login) { return login.second.account == id; });
}

std::optional<std::string> objection_to_entries(const PolicyAdministratorAccount& account,
                                                const std::vector<crypto::TnEntry>& entries) {
  const stir::Scope assigned = stir::Scope::of(account.numbers);
  for (const crypto::TnEntry& entry : entries) {
    const bool is_its_own = entry.kind == crypto::TnEntry::Kind::kServiceProviderCode
                                ? holds_code(account, entry.value)
                                : stir::encompasses(assigned, stir::Scope::of({entry}),
                                                    stir::SpcDelegation::kReject, nullptr)
                                      .ok;
    if (!is_its_own) {
      return stir::Scope::of({entry}).text() + " does not belong to account " + account.id;
    }
  }
  return std::nullopt;
}

}  // namespace shakedown::actors
