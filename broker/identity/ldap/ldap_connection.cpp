#include "broker/identity/ldap/ldap_connection.h"

#include <fmt/format.h>
#include <ldap.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

namespace vitrine::broker {

namespace {

constexpr timeval kConnectLimit{.tv_sec = 5, .tv_usec = 0};  // a person waits at the sign-in page
constexpr timeval kAnswerLimit{.tv_sec = 8, .tv_usec = 0};
constexpr int kPage = 500;  // below the 1,000 that Active Directory allows in one answer

using Message = std::unique_ptr<LDAPMessage, decltype(&ldap_msgfree)>;
using Controls = std::unique_ptr<LDAPControl*, decltype(&ldap_controls_free)>;
using Control = std::unique_ptr<LDAPControl, decltype(&ldap_control_free)>;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
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

// Which diagnostic a TLS library gives is its own business; that one was given says that it was TLS that failed.
std::string diagnostic(LDAP* handle) {
  char* text = nullptr;
  ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
  std::string message = text != nullptr ? text : "";
  ldap_memfree(text);
  return message;
}

bool about_certificate(const std::string& message) {
  return lower_case(message).find("certificate") != std::string::npos;
}

Result<void> set_options(LDAP* handle, const LdapSettings& settings) {
  const int version = LDAP_VERSION3;
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  const int no_crl = LDAP_OPT_X_TLS_CRL_NONE;
  const int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  const int client = 0;
  ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON);  // after a signal, not after a failure
  ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &kConnectLimit);
  ldap_set_option(handle, LDAP_OPT_TIMEOUT, &kAnswerLimit);
  ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  ldap_set_option(handle, LDAP_OPT_X_TLS_CRLCHECK, &no_crl);
  ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least);
  if (!settings.ca_file.empty() &&
      ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, settings.ca_file.c_str()) != LDAP_OPT_SUCCESS) {
    return Error{ErrorCode::kIo, fmt::format("Cannot use the CA file {}.", settings.ca_file)};
  }
  // What was set above counts from here on.
  if (ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS) {
    return Error{ErrorCode::kIo, settings.ca_file.empty()
                                     ? "TLS cannot be set up."
                                     : fmt::format("Cannot use the CA file {}. Is it there, and PEM?", settings.ca_file)};
  }
  return {};
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
  if (about_certificate(detail)) {
    return {ErrorCode::kUnavailable,
            fmt::format("The certificate of {} is not trusted: {}. If it comes from your own authority, name that with "
                        "--ca-file.",
                        url_, detail)};
  }
  return {ErrorCode::kUnavailable, fmt::format("The directory {} failed when {}: {}{}{}.", url_, doing,
                                               ldap_err2string(code), detail.empty() ? "" : ", ", detail)};
}

Result<LdapConnection> LdapConnection::open(const LdapSettings& settings) {
  LDAP* raw = nullptr;
  if (ldap_initialize(&raw, settings.url.c_str()) != LDAP_SUCCESS) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no address of a directory.", settings.url)};
  }
  LdapConnection connection(Handle(raw, [](LDAP* handle) { ldap_unbind_ext_s(handle, nullptr, nullptr); }),
                            settings.url);
  TRY(set_options(raw, settings));
  if (const int code = ldap_connect(raw); code != LDAP_SUCCESS) return connection.error(code, "connecting");
  if (settings.start_tls) {
    const int code = ldap_start_tls_s(raw, nullptr, nullptr);
    if (code != LDAP_SUCCESS) return connection.error(code, "starting TLS");
  }
  return connection;
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
  timeval limit = kAnswerLimit;
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
