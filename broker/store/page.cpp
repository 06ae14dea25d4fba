#include "broker/store/page.h"

#include <fmt/format.h>

namespace vitrine::broker {

namespace {

bool fits(const SqlValues& after, const std::vector<KeyColumn>& key) {
  if (after.size() != key.size()) return false;
  for (size_t i = 0; i < key.size(); ++i) {
    const bool text = key[i].type == SqlKey::kText;
    if (text != std::holds_alternative<std::string>(after[i])) return false;
    if (!text && !std::holds_alternative<int64_t>(after[i])) return false;
  }
  return true;
}

}  // namespace

Result<PagedQuery> paged(std::string_view select, std::string_view condition, const SqlValues& values,
                         const std::vector<KeyColumn>& key, SqlOrder order, const Page& page) {
  PagedQuery query{.sql = std::string(select), .values = values};
  std::string columns;
  std::string ordered;
  std::string marks;
  const char* direction = order == SqlOrder::kDown ? " DESC" : "";
  for (size_t i = 0; i < key.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    columns += fmt::format("{}{}", comma, key[i].name);
    ordered += fmt::format("{}{}{}", comma, key[i].name, direction);
    marks += fmt::format("{}${}", comma, values.size() + i + 1);
  }
  std::string where(condition);
  if (!page.after.empty()) {
    if (!fits(page.after, key)) {
      return Error{ErrorCode::kInvalidArgument, "\"after\" is not from an answer of this list."};
    }
    where +=
        fmt::format("{}({}) {} ({})", where.empty() ? "" : " AND ", columns, order == SqlOrder::kUp ? ">" : "<", marks);
    query.values.insert(query.values.end(), page.after.begin(), page.after.end());
  }
  if (!where.empty()) query.sql += " WHERE " + where;
  query.sql += " ORDER BY " + ordered;
  if (page.limit >= 0) {
    query.values.emplace_back(page.limit);
    query.sql += fmt::format(" LIMIT ${}", query.values.size());
  }
  return query;
}

}  // namespace vitrine::broker
