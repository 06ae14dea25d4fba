// A real OpenLDAP server in a folder of its own, with a certificate made for it.
#pragma once

#include <fmt/format.h>
#include <ldap.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "gateway/certificate.h"
#include "protocol/base/check.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {

// Runs a program to its end; its exit status.
inline pid_t start_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  CHECK(::posix_spawnp(&pid, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0);
  return pid;
}
inline int run_program(std::vector<std::string> words) {
  int status = -1;
  const pid_t pid = start_program(std::move(words));
  CHECK(::waitpid(pid, &status, 0) == pid);
  return status;
}

inline int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

class Slapd {
 public:
  static constexpr const char* kSuffix = "dc=example,dc=org";

  // `entries`: LDIF below the suffix, whose own entry and people's and groups' folders are made here.
  explicit Slapd(const std::string& entries) {
    CHECK(ensure_self_signed(folder_.path + "/tls", {"127.0.0.1"}).ok());
    std::filesystem::create_directory(folder_.path + "/data");
    write("slapd.conf", configuration());
    write("entries.ldif", std::string(kFolders) + entries);
    CHECK(run_program({"slapadd", "-q", "-f", folder_.path + "/slapd.conf", "-l", folder_.path + "/entries.ldif"}) ==
          0);
    start();
  }
  ~Slapd() { stop(); }
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;

  [[nodiscard]] std::string plain_url() const { return fmt::format("ldap://127.0.0.1:{}", port_); }
  [[nodiscard]] std::string secure_url(const char* host = "127.0.0.1") const {
    return fmt::format("ldaps://{}:{}", host, secure_port_);
  }
  [[nodiscard]] std::string certificate() const { return folder_.path + "/tls/cert.pem"; }

  void start() {
    pid_ = start_program({"slapd", "-d", "0", "-f", folder_.path + "/slapd.conf", "-h",
                          fmt::format("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", port_, secure_port_)});
    for (int i = 0; i < 2'000; ++i) {
      if (LDAP* handle = as_root()) {
        ldap_unbind_ext_s(handle, nullptr, nullptr);
        return;
      }
      ::poll(nullptr, 0, 10);  // until it answers
    }
    CHECK(false);
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  void remove(const std::string& dn) {
    LDAP* handle = as_root();
    CHECK(ldap_delete_ext_s(handle, dn.c_str(), nullptr, nullptr) == LDAP_SUCCESS);
    ldap_unbind_ext_s(handle, nullptr, nullptr);
  }
  // Sets an attribute to one value, or takes it away with an empty one.
  void set(const std::string& dn, std::string attribute, std::string value) {
    std::array<char*, 2> values = {value.data(), nullptr};
    LDAPMod change{};
    change.mod_op = LDAP_MOD_REPLACE;
    change.mod_type = attribute.data();
    change.mod_values = value.empty() ? nullptr : values.data();
    std::array<LDAPMod*, 2> changes = {&change, nullptr};
    LDAP* handle = as_root();
    CHECK(ldap_modify_ext_s(handle, dn.c_str(), changes.data(), nullptr, nullptr) == LDAP_SUCCESS);
    ldap_unbind_ext_s(handle, nullptr, nullptr);
  }

 private:
  static constexpr std::string_view kFolders = R"(dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: cn=reader,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader password

)";

  // The reader may fetch 500 entries of a search at most, unless it asks by pages: as directories do.
  [[nodiscard]] std::string configuration() const {
    const std::string& f = folder_.path;
    return fmt::format(R"(include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {0}/slapd.pid
TLSCertificateFile {0}/tls/cert.pem
TLSCertificateKeyFile {0}/tls/key.pem
database mdb
suffix "{1}"
rootdn "cn=root,{1}"
rootpw "root password"
directory {0}/data
limits dn.exact="cn=reader,{1}" size.soft=500 size.hard=500 size.prtotal=unlimited
index objectClass,uid,entryUUID,member,uniqueMember,memberUid eq
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=reader,{1}" read by * none
overlay memberof
overlay ppolicy
)",
                       f, kSuffix);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path + "/" + name) << text;
  }

  [[nodiscard]] LDAP* as_root() const {
    LDAP* handle = nullptr;
    const int version = LDAP_VERSION3;
    CHECK(ldap_initialize(&handle, plain_url().c_str()) == LDAP_SUCCESS);
    ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    std::string password = "root password";
    berval credentials{.bv_len = password.size(), .bv_val = password.data()};
    const std::string dn = std::string("cn=root,") + kSuffix;
    if (ldap_sasl_bind_s(handle, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, nullptr) ==
        LDAP_SUCCESS) {
      return handle;
    }
    ldap_unbind_ext_s(handle, nullptr, nullptr);
    return nullptr;
  }

  TemporaryFolder folder_;
  int port_ = free_port();
  int secure_port_ = free_port();
  pid_t pid_ = -1;
};

}  // namespace vitrine::broker
