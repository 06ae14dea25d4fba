#include "broker/identity/ldap/ldap_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <ldap.h>
#include <openldap.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "broker/identity/ldap/ldap_tls.h"

namespace vitrine::broker {

namespace {

constexpr int kPage = 500;  // below the 1,000 that Active Directory allows in one answer

using Message = std::unique_ptr<LDAPMessage, decltype(&ldap_msgfree)>;
using Controls = std::unique_ptr<LDAPControl*, decltype(&ldap_controls_free)>;
using Control = std::unique_ptr<LDAPControl, decltype(&ldap_control_free)>;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string text_of(const berval& value) {
  return {value.bv_val, value.bv_len};
}

LdapEntry entry_from(LDAP* handle, LDAPMessage* message) {
  LdapEntry entry;
  char* dn = ldap_get_dn(handle, message);
  entry.dn = dn != nullptr ? dn : "";
  ldap_memfree(dn);
  BerElement* element = nullptr;
  for (char* name = ldap_first_attribute(handle, message, &element); name != nullptr;
       name = ldap_next_attribute(handle, message, element)) {
    berval** values = ldap_get_values_len(handle, message, name);
    auto& list = entry.attributes[lower_case(name)];
    for (int i = 0; values != nullptr && values[i] != nullptr; ++i) list.push_back(text_of(*values[i]));
    ldap_value_free_len(values);
    ldap_memfree(name);
  }
  ber_free(element, 0);
  return entry;
}

std::string diagnostic(LDAP* handle) {
  char* text = nullptr;
  ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
  std::string message = text != nullptr ? text : "";
  ldap_memfree(text);
  return message;
}

struct Address {
  std::string host;
  int port = 0;
  bool secure = false;
};

Result<Address> address_of(const std::string& text) {
  LDAPURLDesc* parsed = nullptr;
  if (ldap_url_parse(text.c_str(), &parsed) != LDAP_URL_SUCCESS) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no address of a directory.", text)};
  }
  const std::unique_ptr<LDAPURLDesc, decltype(&ldap_free_urldesc)> url(parsed, ldap_free_urldesc);
  const bool secure = std::string_view(url->lud_scheme) == "ldaps";
  const int standard = secure ? LDAPS_PORT : LDAP_PORT;
  return Address{.host = url->lud_host != nullptr ? url->lud_host : "",
                 .port = url->lud_port != 0 ? url->lud_port : standard,
                 .secure = secure};
}

timeval duration(int ms) {
  return {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

void set_options(LDAP* handle, LdapLimits limits) {
  const timeval answer_limit = duration(limits.answer_ms);
  const int version = LDAP_VERSION3;
  ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON);  // after a signal, not after a failure
  ldap_set_option(handle, LDAP_OPT_TIMEOUT, &answer_limit);
}

}  // namespace

std::string ldap_filter_value(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '-' || c == '_' || c == '@' || c == '=' || c == ',' || c == ' ';
    escaped += plain ? std::string(1, c) : fmt::format("\\{:02x}", static_cast<unsigned char>(c));
  }
  return escaped;
}

std::string LdapEntry::first(const std::string& attribute) const {
  const auto found = attributes.find(lower_case(attribute));
  return found == attributes.end() || found->second.empty() ? "" : found->second.front();
}

std::vector<std::string> LdapEntry::all(const std::string& attribute) const {
  const auto found = attributes.find(lower_case(attribute));
  return found == attributes.end() ? std::vector<std::string>() : found->second;
}

Error LdapConnection::error(int code, std::string_view doing) const {
  const std::string detail = diagnostic(handle_.get());
  if (code == LDAP_TIMEOUT) {
    return {ErrorCode::kTimeout, fmt::format("The directory {} did not answer in time when {}.", url_, doing)};
  }
  return {ErrorCode::kUnavailable, fmt::format("The directory {} failed when {}: {}{}{}.", url_, doing,
                                               ldap_err2string(code), detail.empty() ? "" : ", ", detail)};
}

Result<LdapConnection> LdapConnection::open(const LdapSettings& settings, LdapLimits limits) {
  const Address address = TRY(address_of(settings.url));
  UniqueFd fd = TRY(dial(address.host, address.port, limits.connect_ms));
  std::unique_ptr<LdapTls> tls;
  if (address.secure) tls = TRY(LdapTls::start(fd.get(), address.host, settings.ca_file, limits.connect_ms));
  limit_waiting(fd.get(), limits.answer_ms);
  LDAP* raw = nullptr;
  // As a plain connection, whatever the address says: TLS is below it, not in it.
  const int own = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);  // which the handle closes
  if (own < 0 || ldap_init_fd(own, LDAP_PROTO_TCP, "ldap://", &raw) != LDAP_SUCCESS) {
    ::close(own);
    return Error{ErrorCode::kExhausted, "No memory for a connection."};
  }
  LdapConnection connection(std::move(fd), std::move(tls),
                            Handle(raw, [](LDAP* handle) { ldap_unbind_ext_s(handle, nullptr, nullptr); }),
                            settings.url, limits);
  set_options(raw, limits);
  if (connection.tls_) connection.tls_->put_below(raw);
  if (settings.start_tls) TRY(connection.start_tls(address.host, settings.ca_file));
  return connection;
}

Result<void> LdapConnection::start_tls(const std::string& host, const std::string& ca_file) {
  const int code =
      ldap_extended_operation_s(handle_.get(), LDAP_EXOP_START_TLS, nullptr, nullptr, nullptr, nullptr, nullptr);
  if (code != LDAP_SUCCESS) return error(code, "starting TLS");
  tls_ = TRY(LdapTls::start(fd_.get(), host, ca_file, limits_.connect_ms));
  limit_waiting(fd_.get(), limits_.answer_ms);
  tls_->put_below(handle_.get());
  return {};
}

Result<bool> LdapConnection::bind(const std::string& dn, const std::string& password) {
  if (!dn.empty() && password.empty()) {
    return Error{ErrorCode::kInvalidArgument, "A bind with a name needs a password."};
  }
  berval credentials{.bv_len = password.size(), .bv_val = const_cast<char*>(password.data())};
  const int code =
      ldap_sasl_bind_s(handle_.get(), dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, nullptr);
  switch (code) {
    case LDAP_SUCCESS: return true;
    // Servers refuse with any of these what is wrong, locked, expired or absent.
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_CONSTRAINT_VIOLATION:
    case LDAP_UNWILLING_TO_PERFORM: return false;
    default: return error(code, "checking a password");
  }
}

Result<LdapConnection::Page> LdapConnection::next_page(const LdapQuery& query, const std::string& cookie) {
  LDAP* handle = handle_.get();
  std::vector<char*> names;
  for (const std::string& name : query.attributes) names.push_back(const_cast<char*>(name.c_str()));
  names.push_back(nullptr);
  berval at{.bv_len = cookie.size(), .bv_val = const_cast<char*>(cookie.data())};
  LDAPControl* control = nullptr;
  if (ldap_create_page_control(handle, kPage, &at, 0, &control) != LDAP_SUCCESS) {
    return Error{ErrorCode::kExhausted, "No memory for a search."};
  }
  const Control owned(control, ldap_control_free);
  std::array<LDAPControl*, 2> controls = {control, nullptr};
  timeval limit = duration(limits_.answer_ms);
  LDAPMessage* answer = nullptr;
  const int scope = query.scope == LdapScope::kEntry ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE;
  const int code = ldap_search_ext_s(handle, query.base.c_str(), scope, query.filter.c_str(), names.data(), 0,
                                     controls.data(), nullptr, &limit, LDAP_NO_LIMIT, &answer);
  const Message message(answer, ldap_msgfree);
  if (code == LDAP_NO_SUCH_OBJECT) return Page{};
  // A server's own limit cuts the answer short; what it gave counts.
  if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED) return error(code, "searching");
  Page page;
  for (LDAPMessage* one = ldap_first_entry(handle, answer); one != nullptr; one = ldap_next_entry(handle, one)) {
    page.entries.push_back(entry_from(handle, one));
  }
  LDAPControl** returned = nullptr;
  int result = 0;
  if (ldap_parse_result(handle, answer, &result, nullptr, nullptr, nullptr, &returned, 0) != LDAP_SUCCESS) return page;
  const Controls returned_owned(returned, ldap_controls_free);
  LDAPControl* paged = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, returned, nullptr);
  berval next{};
  ber_int_t estimate = 0;
  if (paged != nullptr && ldap_parse_pageresponse_control(handle, paged, &estimate, &next) == LDAP_SUCCESS) {
    page.cookie = text_of(next);
    ber_memfree(next.bv_val);
  }
  return page;
}

Result<std::vector<LdapEntry>> LdapConnection::search(const LdapQuery& query) {
  std::vector<LdapEntry> all;
  std::string cookie;
  do {
    Page page = TRY(next_page(query, cookie));
    for (LdapEntry& entry : page.entries) {
      if (all.size() >= query.most) return all;
      all.push_back(std::move(entry));
    }
    cookie = std::move(page.cookie);
  } while (!cookie.empty() && all.size() < query.most);
  return all;
}

}  // namespace vitrine::broker
