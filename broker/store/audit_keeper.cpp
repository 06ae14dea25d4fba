#include "broker/store/audit_keeper.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>

#include "broker/json_fields.h"
#include "broker/provision/files.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

constexpr auto kCheckpointEvery = std::chrono::seconds(5);
constexpr int64_t kTrimEveryS = 3600;
constexpr int64_t kDayS = 24 * 3600;
constexpr const char* kNewest = "vitrine audit newest";
constexpr const char* kAnchor = "vitrine audit anchor";

std::string statement(const char* what, const AuditPlace& place) {
  return fmt::format("{} 1\n{}\n{}\n", what, place.number, place.hash);
}

}  // namespace

AuditKeeper::AuditKeeper(Database& database, const TicketSigner& signer, std::string file)
    : database_(database), signer_(signer), file_(std::move(file)) {}

Result<std::string> AuditKeeper::signed_place(const char* what, const AuditPlace& place) const {
  const Bytes signature = TRY(signer_.sign_statement(statement(what, place)));
  return base64url_encode(signature);
}

bool AuditKeeper::holds(const char* what, const AuditPlace& place, const std::string& signature) const {
  const auto verifier = TicketVerifier::from_pem(signer_.public_key_pem());
  const auto bytes = base64url_decode(signature);
  return verifier.ok() && bytes.ok() && verifier.value().verify_statement(statement(what, place), bytes.value());
}

Result<std::optional<AuditPlace>> AuditKeeper::read_file_place() const {
  const auto text = read_file(file_);
  if (!text.ok() && text.error().code == ErrorCode::kNotFound) return std::optional<AuditPlace>();
  if (!text.ok()) return text.error();
  const Json json = TRY(parse_object(text.value()));
  const AuditPlace place{number_field(json, "number"), text_field(json, "hash")};
  if (!holds(kNewest, place, text_field(json, "signature"))) {
    return Error{
        ErrorCode::kMalformed,
        fmt::format("{} was not written with this Vitrine's key. If the key was replaced, remove the file.", file_)};
  }
  return std::optional(place);
}

Result<void> AuditKeeper::checkpoint() {
  const std::lock_guard lock(mutex_);
  AuditPlace newest;
  std::optional<AuditPlace> before = TRY(read_file_place());
  {
    const Database::Lease connection = TRY(database_.lease());
    newest = TRY(newest_audit(*connection));
    if (before && before->number > newest.number) {
      return Error{
          ErrorCode::kMalformed,
          fmt::format("The audit log ends with row {}, but row {} was there already: its end was cut off. If a "
                      "backup was restored, remove {}.",
                      newest.number, before->number, file_)};
    }
  }
  if (before == newest || newest.number == 0) return {};
  const std::string signature = TRY(signed_place(kNewest, newest));
  const Json json = {{"number", newest.number}, {"hash", newest.hash}, {"signature", signature}};
  return write_file(file_, to_line(json) + "\n", 0600);
}

Result<std::optional<AuditPlace>> AuditKeeper::oldest_to_keep_after(SqlConnection& connection, int64_t before_s) const {
  // Clocks may have gone back, so times are not in the order of numbers: everything up to the first row that is new
  // enough goes, and nothing behind it.
  const SqlResult first = TRY(connection.run("SELECT MIN(number) FROM audit WHERE time_s >= $1", {before_s}));
  const SqlResult last =
      first.rows.front().null(0)
          ? TRY(connection.run("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", {}))
          : TRY(connection.run("SELECT number, hash FROM audit WHERE number < $1 ORDER BY number DESC LIMIT 1",
                               {first.rows.front().integer(0)}));
  if (last.rows.empty()) return std::optional<AuditPlace>();
  return std::optional(AuditPlace{last.rows.front().integer(0), last.rows.front().text(1)});
}

Result<int64_t> AuditKeeper::trim(int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  const int64_t days = TRY(read_number_setting(*connection, "audit_retention_days", 0));
  if (days <= 0) return 0;
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const auto last = TRY(oldest_to_keep_after(*connection, now_s - days * kDayS));
  if (!last) return 0;
  const std::string signature = TRY(signed_place(kAnchor, *last));
  const SqlResult removed = TRY(connection->run("DELETE FROM audit WHERE number <= $1", {last->number}));
  TRY(write_anchor(*connection, {*last, signature}));
  TRY(append_audit(
      *connection,
      {.actor = "broker",
       .address = "",
       .action = "audit.trim",
       .target = fmt::format("1-{}", last->number),
       .outcome = "ok",
       .detail = fmt::format("Rows older than {} days were removed; the last had the hash {}.", days, last->hash)},
      now_s));
  TRY(transaction.commit());
  return removed.changed;
}

Result<AuditPlace> AuditKeeper::verify(const std::optional<AuditPlace>& expected) {
  std::optional<AuditPlace> newest;
  {
    const std::lock_guard lock(mutex_);
    newest = TRY(read_file_place());
  }
  const Database::Lease connection = TRY(database_.lease());
  const AuditAnchor anchor = TRY(audit_anchor(*connection));
  if (anchor.place.number > 0 && !holds(kAnchor, anchor.place, anchor.signature)) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("The audit log begins behind row {}, but this Vitrine did not remove the rows before.",
                             anchor.place.number)};
  }
  if (expected && expected->number > 0) TRY(verify_audit(*connection, expected));
  return verify_audit(*connection, newest);
}

void AuditKeeper::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::string said;  // the same fault again and again is said once
  int64_t next_trim_s = 0;
  while (!stop.stop_requested()) {
    const int64_t now_s = std::time(nullptr);
    auto kept = checkpoint();
    if (kept.ok() && now_s >= next_trim_s) {
      next_trim_s = now_s + kTrimEveryS;
      if (const auto trimmed = trim(now_s); !trimmed.ok()) kept = trimmed.error();
    }
    const std::string fault = kept.ok() ? "" : kept.error().message;
    if (fault != std::exchange(said, fault) && !fault.empty()) spdlog::error("Audit: {}", fault);
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kCheckpointEvery, [] { return false; });
  }
  (void)checkpoint();
}

}  // namespace vitrine::broker
