// How a pool keeps its desktops.
//
//   persistent   a desktop is its user's; the home folder is kept
//   floating     any free desktop; the user's home folder is kept and comes along
//   disposable   a fresh home folder, made from a template when there is one, gone with everything else after logoff
//
// Spares of a disposable pool are anybody's. A desktop of the others has a user's home folder from its first moment on,
// so their spares are prepared for those who have just signed in and may open the pool (prepared.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/json_fields.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

enum class PoolKind : uint8_t { kPersistent, kFloating, kDisposable };
std::string_view pool_kind_name(PoolKind kind);

struct PoolSettings {
  std::string id;
  std::string name;
  PoolKind kind = PoolKind::kPersistent;
  int64_t spares = 0;         // desktops that are up before anybody asks
  int64_t max_desktops = 0;   // at a time, spares and its apps' included; 0: the server's limit alone
  bool draining = false;      // no new sessions
  std::string message;        // for users, while it drains
  std::string home_template;  // folder that fresh homes are copied from; of disposable pools
  int64_t rebuild_s = 0;      // spares are made anew when they are so old; 0: never
};

Result<std::optional<PoolSettings>> find_pool(SqlConnection& connection, const std::string& id);
Result<std::vector<PoolSettings>> list_pools(SqlConnection& connection);
Result<void> save_pool(SqlConnection& connection, const PoolSettings& pool);
// The settings with the fields of `changes` changed. Errors: invalid_argument, unsupported, with what is possible.
Result<PoolSettings> change_pool(PoolSettings pool, const Json& changes);
// All fields that change_pool() takes.
Json pool_settings_to(const PoolSettings& pool);

struct PoolCount {
  int64_t living = 0;
  int64_t ready = 0;   // nobody's
  int64_t coming = 0;  // nobody's, not up yet
};
Result<PoolCount> count_pool(SqlConnection& connection, const std::string& pool);
// "4 of 4 in use, 1 of 2 spares ready".
std::string pool_sentence(const PoolSettings& pool, const PoolCount& count);
// Whether one more desktop may be made. Errors: exhausted, with the numbers.
Result<void> check_room(const PoolSettings& pool, const PoolCount& count);

// A desktop that is up, or coming, before anybody asked for it.
struct Spare {
  std::string id;
  bool ready = false;
};
// One that is the caller's from now on; nothing when there is none. Of a disposable pool it is any that is ready; of
// others, where a desktop has its user's home folder, the one that was prepared for the user. In the caller's
// transaction.
Result<std::optional<Spare>> take_spare(SqlConnection& connection, const PoolSettings& pool, const std::string& user_id,
                                        int64_t now_s);
// Puts a desktop that was prepared for somebody who has not come yet out of the way of one who has: of the pool, or of
// any when `pool` is empty. Gives its id, to be ended after the transaction is committed; nothing when there is none.
Result<std::optional<std::string>> evict_prepared(SqlConnection& connection, const std::string& pool, int64_t now_s);

// Takes a spare out of the pool, if it is still nobody's. False: it was just taken.
Result<bool> recycle_spare(SqlConnection& connection, const std::string& id, int64_t now_s);

}  // namespace vitrine::broker
