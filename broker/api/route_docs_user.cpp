// What everybody's part of the API takes and gives: signing in, the user's own account, desktops and apps.
#include "broker/api/route_docs.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kOpened = "{session: Session, ticket: text, expires_s: integer, terms: SessionTerms}";
constexpr std::string_view kOpen =
    "{resource?: text, width?: integer, height?: integer, scale_percent?: integer, time_zone?: text, language?: text, "
    "wait?: truth}";
constexpr std::string_view kOpenedOrWaiting =
    "{session?: Session, ticket?: text, expires_s?: integer, terms?: SessionTerms, waiting?: Waiting}";
constexpr std::string_view kNewCodes = "{recovery_codes?: [text]}";
// What proves a second factor, by its method.
constexpr std::string_view kSecondStep =
    "{challenge: text, method?: text, code?: text, enrolment?: text, "
    "credential?: {id?: text, client_data?: text, authenticator_data?: text, signature?: text, user_handle?: text}}";
constexpr std::string_view kStepUpAnswer =
    "{challenge: text, method?: text, code?: text, password?: text, "
    "credential?: {id?: text, client_data?: text, authenticator_data?: text, signature?: text, user_handle?: text}}";
constexpr std::string_view kPasskeyAnswer =
    "{challenge: text, "
    "credential: {id: text, client_data: text, authenticator_data: text, signature: text, user_handle: text}}";

constexpr RouteDoc kUserDocs[] = {
    {"GET", "/api/openapi.json", "", "This document", "", "", "{*: any}"},
    {"GET", "/api/health", "", "Whether the broker can serve", "", "", "{ok: truth}"},

    {"POST", "/api/login", "", "Sign in with a name and a password", "", "{username: text, password: text}",
     "SignedIn|NextStep"},
    {"POST", "/api/login/second-step", "", "Give the second factor, or set up the first one", "", kSecondStep,
     "SignedIn"},
    {"POST", "/api/login/enrolment", "", "An authenticator app to set up before being let in", "", "{challenge: text}",
     "TotpOffer"},
    {"GET", "/api/login/passkey", "", "Whether passkeys can be used here", "", "", "PasskeyUse"},
    {"POST", "/api/login/passkey", "", "A question for a passkey to sign in with", "", "",
     "{challenge: text, expires_s: integer, passkeys: PasskeyQuestion}"},
    {"POST", "/api/login/passkey/answer", "", "Sign in with a passkey", "", kPasskeyAnswer, "SignedIn"},
    {"POST", "/api/redeem", "", "Open a session by a one-time link", "", "{code: text}", "SignedIn"},
    {"POST", "/api/logout", "", "Sign out; location is where to go to sign out at the sign-in service too", "", "",
     "{location?: text}"},

    {"GET", "/api/sign-in", "", "The services where one can sign in", "", "", "{redirects: [{id: text, name: text}]}"},
    {"POST", "/api/sign-in/:provider/begin", "", "Where to go to sign in at a service", "", "", "{location: text}"},
    {"GET", "/api/sign-in/:provider/return", "", "Where a service sends the browser back to", "{*: text}", "", ""},
    {"POST", "/api/sign-in/finish", "", "Sign in with what a service sent back", "",
     "{provider: text, code?: text, state?: text, iss?: text, error?: text}", "SignedIn"},
    {"POST", "/api/sign-in/:provider/logout", "", "Back-channel logout of OpenID Connect, a form with logout_token", "",
     "", ""},

    {"GET", "/api/me", "", "Who is signed in", "", "", "SignedIn"},
    {"PUT", "/api/me/terms", "", "Choose latency, bandwidth and quality", "", kChangeTerms, "{terms: Terms}"},
    {"GET", "/api/me/account", "", "Password, second factors and passkeys of the account", "", "", "Account"},
    {"PUT", "/api/me/password", "", "Choose another password", "", "{old: text, new: text}", "{csrf: text}"},
    {"POST", "/api/me/step-up/question", "", "A question to prove anew who sits there", "", "",
     "{challenge: text, methods: [text], passkeys?: PasskeyQuestion}"},
    {"POST", "/api/me/step-up", "", "Prove anew who sits there", "", kStepUpAnswer, "{csrf: text}"},
    {"GET", "/api/me/web-sessions", "", "The browsers the user is signed in with", "", "",
     "{web_sessions: [WebSession]}"},
    {"DELETE", "/api/me/web-sessions/:id", "", "Sign one of them out", "", "", ""},
    {"POST", "/api/me/web-sessions/sign-out", "", "Sign all of them out, or all but this one", "",
     "{keep_this?: truth}", ""},
    {"POST", "/api/me/totp", "", "An authenticator app to set up", "", "", "TotpOffer"},
    {"PUT", "/api/me/totp", "", "Confirm it by a code", "", "{enrolment: text, code: text}", kNewCodes},
    {"DELETE", "/api/me/totp", "", "Remove the authenticator app", "", "", ""},
    {"POST", "/api/me/recovery-codes", "", "New recovery codes in place of the old", "", "",
     "{recovery_codes: [text]}"},
    {"POST", "/api/me/passkeys/question", "", "A question for a new passkey", "", "",
     "{challenge: text, rp_id: text, user_handle: text, user_name: text, display_name: text, algorithms: [integer], "
     "ids: [text]}"},
    {"POST", "/api/me/passkeys", "", "Add a passkey", "",
     "{challenge: text, name?: text, credential: {client_data: text, attestation_object: text}}", kNewCodes},
    {"PUT", "/api/me/passkeys/:id", "", "Give a passkey another name", "", "{name?: text}", ""},
    {"DELETE", "/api/me/passkeys/:id", "", "Remove a passkey", "", "", ""},

    {"GET", "/api/catalogue", "", "The desktops and apps of the user", "", "", "{resources: [CatalogueItem]}"},
    {"GET", "/api/icons/:id", "", "An icon, as a picture", "", "", ""},
    {"GET", "/api/manifest", "", "The manifest by which a browser installs Vitrine", "", "", ""},
    {"GET", "/api/manifest/:id", "", "The same for one desktop or app", "", "", ""},
    {"GET", "/api/sessions", "", "The user's running sessions", "", "", "{sessions: [Session]}"},
    {"POST", "/api/sessions", "", "Open a desktop or an app, or with wait get a place in the line for one (202)", "",
     kOpen, kOpenedOrWaiting},
    {"DELETE", "/api/waiting/:resource", "", "Leave that line", "", "", ""},
    {"GET", "/api/sessions/:id", "", "One session of the user", "", "", "{session: Session}"},
    {"DELETE", "/api/sessions/:id", "", "End a session", "", "", ""},
    {"POST", "/api/sessions/:id/ticket", "", "The right to view a session once", "", "{}", kOpened},
};

}  // namespace

std::span<const RouteDoc> user_route_docs() {
  return kUserDocs;
}

}  // namespace vitrine::broker
