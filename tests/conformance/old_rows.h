// Rows as each version of the schema had them, so that migrations are tested with something to lose. A new version
// adds its own: statements that were valid when it was the last.
#pragma once

#include <span>
#include <string_view>

namespace vitrine::broker {

struct OldRows {
  int version;
  std::span<const std::string_view> statements;
};

inline constexpr std::string_view kRowsOf1[] = {
    "INSERT INTO settings(key, value) VALUES ('max_desktops', '7')",
    "INSERT INTO users(id, name, display_name, admin, password, created_s) VALUES "
    "('u1', 'ada', 'Ada Lovelace', 1, '$argon2id$x', 10), ('u2', 'eve', 'Eve', 0, '', 11)",
    "INSERT INTO user_groups(name, built_in, created_s) VALUES ('everyone', 1, 1), ('writers', 0, 2)",
    "INSERT INTO group_members(group_name, user_id) VALUES ('writers', 'u2')",
    "INSERT INTO pools(id, name, description, provisioner, opengl, created_s) VALUES "
    "('desktop', 'Desktop', 'Whole', 'local', 1, 3)",
    "INSERT INTO apps(id, pool_id, name, description, command, desktop_entry, package, opengl, created_s) VALUES "
    "('notes', 'desktop', 'Notes', '', '[\"notes\",\"--new\"]', 'notes.desktop', 'notes', 0, 4)",
    "INSERT INTO entitlements(subject_kind, subject, resource, created_s) VALUES "
    "('user', 'u1', 'notes', 5), ('group', 'writers', 'notes', 5), ('group', 'everyone', 'desktop', 5)",
    "INSERT INTO web_sessions(token_hash, user_id, only_session, created_s, seen_s, expires_s) VALUES "
    "('5e665c2529d23459848b46a03b9232de3c057d2a8635a613d4557f58d311f352', 'u1', '', 20, 20, 90000)",
    "INSERT INTO desktops(id, pool_id, resource, provisioner, state, detail, created_s, changed_s) VALUES "
    "('d1', 'desktop', 'notes', 'local', 'connected', '', 30, 31), "
    "('d2', 'desktop', 'desktop', 'local', 'ended', 'You ended this session.', 25, 29)",
    "INSERT INTO sessions(id, user_id, user_name, resource, resource_name, desktop_id, started_s, ended_s, end_reason) "
    "VALUES ('s1', 'u1', 'ada', 'notes', 'Notes', 'd1', 30, NULL, ''), "
    "('s2', 'u1', 'ada', 'desktop', 'Desktop', 'd2', 25, 29, 'You ended this session.')",
    "INSERT INTO one_time_codes(code_hash, user_id, session_id, expires_s) VALUES ('c1', 'u1', 's1', 400)",
    // The hash is of the row by chain_hash() in broker/store/audit.cpp.
    "INSERT INTO audit(number, time_s, actor, address, action, target, outcome, detail, hash) VALUES "
    "(1, 5, 'broker', '', 'store.create', '', 'ok', '', "
    "'07297a8efa8cb580f61f52b01c0200225f5b3aac0dc6083488db2d83121810bf')",
};

inline constexpr std::string_view kRowsOf2[] = {
    R"(UPDATE apps SET terms = '{"target_ms":60,"ceiling_kbit":0,"quality_floor":0}' WHERE id = 'notes')",
    R"(UPDATE users SET terms = '{"target_ms":100,"ceiling_kbit":2000,"quality_floor":0}' WHERE id = 'u1')",
    R"(INSERT INTO session_reports(session_id, measure, updated_s) VALUES ('s1', '{"links":3}', 33))",
};

inline constexpr std::string_view kRowsOf3[] = {
    "INSERT INTO users(id, name, display_name, admin, password, created_s, provider, subject, disabled) VALUES "
    "('u3', 'joan', 'Joan', 0, '', 12, 'sso', 'joan@example.org', 1)",
    "UPDATE web_sessions SET second_factor_s = 21, address = '10.1.1.1', browser = 'Firefox' WHERE user_id = 'u1'",
};

inline constexpr std::string_view kRowsOf4[] = {
    "INSERT INTO api_tokens(name, token_hash, owner_id, scopes, created_s, expires_s, used_s, used_from) VALUES "
    "('backup', 'h1', NULL, 'read', 40, 9000, 0, ''), ('sync', 'h2', 'u1', 'users catalogue', 41, 9000, 60, '::1')",
};

inline constexpr std::string_view kRowsOf5[] = {
    "INSERT INTO totp_secrets(user_id, secret, last_step, created_s) VALUES ('u1', 'sealed', 42, 50)",
    "INSERT INTO recovery_codes(user_id, code_hash) VALUES ('u1', 'r1'), ('u1', 'r2')",
    "INSERT INTO passkeys(id, user_id, name, public_key, sign_count, created_s, used_s) VALUES "
    "('pk1', 'u1', 'Laptop', 'cose', 3, 51, 52)",
    "INSERT INTO code_failures(user_id, failures, blocked_until_s) VALUES ('u2', 6, 70)",
    "INSERT INTO challenges(token_hash, purpose, bound_to, user_id, provider, address, attempts, expires_s) VALUES "
    "('ch1', 'step-up', 'b1', 'u1', 'local', '::1', 1, 350)",
    "UPDATE users SET second_factor_required = 1 WHERE id = 'u2'",
    "UPDATE user_groups SET second_factor_required = 1 WHERE name = 'writers'",
    "UPDATE web_sessions SET proved_s = 21 WHERE user_id = 'u1'",
};

inline constexpr std::string_view kRowsOf6[] = {
    "INSERT INTO providers(id, kind, name, position, enabled, settings, secret, created_s) VALUES "
    "('sso', 'oidc', 'Company', 100, 1, '{\"issuer\":\"https://id.example\"}', 'sealed', 60)",
    "UPDATE group_members SET by_provider = 1 WHERE group_name = 'writers'",
    "UPDATE users SET disabled_by = 'directory' WHERE id = 'u3'",
    "UPDATE web_sessions SET sid = 'sid1', id_token = 'sealed' WHERE user_id = 'u1'",
    "INSERT INTO used_once(key_hash, expires_s) VALUES ('k1', 400)",
};

inline constexpr std::string_view kRowsOf7[] = {
    R"(UPDATE entitlements SET policy = '{"view_only":true}' WHERE resource = 'notes' AND subject = 'writers')",
    R"(UPDATE pools SET policy = '{"idle_limit":900}' WHERE id = 'desktop')",
    R"(INSERT INTO settings(key, value) VALUES ('policy', '{"max_sessions":4}'))",
    "UPDATE policy_mark SET version = 5 WHERE id = 1",
    "UPDATE sessions SET generation = 2, granted = 'input', viewer_address = '10.1.1.1' WHERE id = 's1'",
};

inline constexpr std::string_view kRowsOf8[] = {
    "UPDATE pools SET kind = 'disposable', spares = 2, max_desktops = 8, draining = 1, message = 'Back at noon', "
    "template = '/srv/home', rebuild_s = 3600 WHERE id = 'desktop'",
    "UPDATE desktops SET lease_owner = 'broker1', lease_until_s = 90 WHERE id = 'd1'",
};

inline constexpr std::string_view kRowsOf9[] = {
    "UPDATE sessions SET address = '10.1.1.1', browser = 'Firefox', seen_s = 34 WHERE id = 's1'",
};

inline constexpr OldRows kOldRows[] = {{1, kRowsOf1}, {2, kRowsOf2}, {3, kRowsOf3}, {4, kRowsOf4}, {5, kRowsOf5},
                                       {6, kRowsOf6}, {7, kRowsOf7}, {8, kRowsOf8}, {9, kRowsOf9}};

}  // namespace vitrine::broker
