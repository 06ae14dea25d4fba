#include "broker/store/sql.h"

namespace vitrine::broker {

namespace {
const std::string kEmpty;
}

int64_t SqlRow::integer(size_t column) const {
  CHECK(column < values_.size());
  if (null(column)) return 0;
  CHECK(std::holds_alternative<int64_t>(values_[column]));
  return std::get<int64_t>(values_[column]);
}

const std::string& SqlRow::text(size_t column) const {
  CHECK(column < values_.size());
  if (null(column)) return kEmpty;
  CHECK(std::holds_alternative<std::string>(values_[column]));
  return std::get<std::string>(values_[column]);
}

bool SqlRow::null(size_t column) const {
  CHECK(column < values_.size());
  return std::holds_alternative<std::monostate>(values_[column]);
}

}  // namespace vitrine::broker
