// Settings of the whole site.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "broker/api/router.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

constexpr std::array kSettings = {kMaxDesktops, kDisconnectLimit};

Result<HttpResponse> get_settings(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const NumberSetting& setting : kSettings) {
    const int64_t value = TRY(read_number_setting(*connection, setting));
    list.push_back({{"key", setting.key},
                    {"value", value},
                    {"default", setting.otherwise},
                    {"least", setting.least},
                    {"most", setting.most}});
  }
  return json_response(200, {{"settings", list}});
}

Result<HttpResponse> put_setting(ApiRequest& request) {
  const std::string& key = request.path["key"];
  const auto* setting = std::ranges::find_if(kSettings, [&](const NumberSetting& one) { return one.key == key; });
  if (setting == kSettings.end()) {
    return Error{ErrorCode::kNotFound, fmt::format("There is no setting \"{}\".", key)};
  }
  const auto value = request.body.find("value");
  if (value == request.body.end() || !value->is_number_integer()) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("Give {} as {{\"value\": NUMBER}}.", key)};
  }
  const auto number = value->get<int64_t>();
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(write_number_setting(*connection, *setting, number));
  request.audit_target = fmt::format("{}={}", key, number);
  return json_response(200, {{"key", key}, {"value", number}});
}

constexpr Route kSettingsRoutes[] = {
    {"GET", "/api/admin/settings", Access::kAdmin, nullptr, get_settings},
    {"PUT", "/api/admin/settings/:key", Access::kAdmin, "setting.set", put_setting},
};

}  // namespace

std::span<const Route> settings_routes() {
  return kSettingsRoutes;
}

}  // namespace vitrine::broker
