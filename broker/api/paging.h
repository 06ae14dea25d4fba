// `?limit=&after=` of a request, and `next` of its answer.
#pragma once

#include "broker/api/router.h"
#include "broker/store/page.h"

namespace vitrine::broker {

inline constexpr int64_t kMostOnAPage = 1000;  // about 400 KiB of sessions

// One row more than the page holds is asked for: whether it is there says whether there is a next page.
// Errors: invalid_argument.
Result<Page> page_of(const ApiRequest& request, int64_t otherwise = kMostOnAPage);
// Cuts the row that is too many off, and says with what the next page is asked for: a text, or null at the end.
template <class Row, class KeyOf>
Json cut_page(std::vector<Row>& rows, const Page& page, const KeyOf& key_of);

std::string cursor_of(const SqlValues& key);

template <class Row, class KeyOf>
Json cut_page(std::vector<Row>& rows, const Page& page, const KeyOf& key_of) {
  if (static_cast<int64_t>(rows.size()) < page.limit) return nullptr;
  rows.pop_back();
  return cursor_of(key_of(rows.back()));
}

}  // namespace vitrine::broker
