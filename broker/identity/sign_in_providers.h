// The providers at work: what the rows of the store say, with the metadata, keys and failures learnt so far.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>

#include "broker/http/http_client.h"
#include "broker/identity/ldap/ldap_directory.h"
#include "broker/identity/oidc/oidc_login.h"
#include "broker/identity/providers.h"
#include "broker/store/database.h"

namespace vitrine::broker {

// One row and what is known beside it; lives as long as somebody uses it, also when the row changes meanwhile.
struct ActiveProvider {
  Provider row;
  std::unique_ptr<OidcLogin> oidc;  // one of the two
  std::unique_ptr<LdapDirectory> ldap;
  std::atomic<int64_t> down_until_s = 0;  // a directory that does not answer is not asked before
};

// Any thread. As a PasswordLogin: all enabled directories, one after another.
class SignInProviders : public PasswordLogin {
 public:
  SignInProviders(Database& database, HttpClient& http, const Sealer& sealer)
      : database_(database), http_(http), sealer_(sealer) {}

  Result<std::optional<User>> log_in(const std::string& name, const std::string& password, int64_t now_s) override;

  // The enabled ones, in their order; read from the store each time, as another broker may have changed it.
  Result<std::vector<std::shared_ptr<ActiveProvider>>> active();
  // Errors: not_found when there is none of this id, or it is disabled.
  Result<std::shared_ptr<ActiveProvider>> find(const std::string& id);
  // Also of a disabled one. Errors: not_found.
  Result<std::vector<ProviderTestStep>> test(const std::string& id, const std::string& user, int64_t now_s);

  const Sealer& sealer() const { return sealer_; }

  // The right to keep a thread waiting for another server. Errors: exhausted when too many wait already.
  class Turn {
   public:
    explicit Turn(SignInProviders& owner) : owner_(&owner) {}
    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (owner_ != nullptr) owner_->turns_.release();
    }

   private:
    SignInProviders* owner_;
  };
  Result<Turn> turn();

 private:
  Result<std::shared_ptr<ActiveProvider>> at_work(const Provider& row);
  Result<std::shared_ptr<ActiveProvider>> made(const Provider& row);
  Result<std::optional<User>> ask(ActiveProvider& provider, const std::string& name, const std::string& password,
                                  int64_t now_s);

  static constexpr int kTurns = 4;  // half of the API's threads; the rest serve everybody else

  Database& database_;
  HttpClient& http_;
  const Sealer& sealer_;
  std::counting_semaphore<kTurns> turns_{kTurns};
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ActiveProvider>> known_;
};

// Step by step what works of an OpenID provider.
std::vector<ProviderTestStep> test_oidc(OidcIssuer& issuer, int64_t now_s);

}  // namespace vitrine::broker
