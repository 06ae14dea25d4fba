// Lists in pages. A page begins after the key of the last row of the one before, so that a list that changes meanwhile
// neither repeats nor skips what stays, and the thousandth page costs what the first does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct Page {
  SqlValues after;     // the key of the last row seen; empty: from the beginning
  int64_t limit = -1;  // rows; below 0: all
};

enum class SqlKey : uint8_t { kInteger, kText };
enum class SqlOrder : uint8_t { kUp, kDown };
struct KeyColumn {
  std::string_view name;
  SqlKey type;
};

struct PagedQuery {
  std::string sql;
  SqlValues values;
};
// `select` and its condition (without WHERE, may be empty) with `values`, in the order of the key's columns, which
// together are unique. Errors: invalid_argument when the page begins after something that is no such key.
Result<PagedQuery> paged(std::string_view select, std::string_view condition, const SqlValues& values,
                         const std::vector<KeyColumn>& key, SqlOrder order, const Page& page);

}  // namespace vitrine::broker
