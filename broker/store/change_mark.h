// One number in the store that counts changes of who may do what. Whoever watches running sessions compares it and
// looks at them only when it moved.
#pragma once

#include "broker/store/sql.h"

namespace vitrine::broker {

// Everything that changes grants, policies, groups or users calls it in its own transaction.
Result<void> note_change(SqlConnection& connection);
Result<int64_t> change_mark(SqlConnection& connection);

}  // namespace vitrine::broker
