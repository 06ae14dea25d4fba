#include "host-agent/screen/randr_setup.h"

#include <algorithm>
#include <utility>

#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

Result<std::vector<RandrOutput>> read_outputs(X11Display& display,
                                              xcb_randr_get_screen_resources_current_reply_t* resources) {
  xcb_connection_t* const x = display.connection();
  const xcb_randr_output_t* const ids = xcb_randr_get_screen_resources_current_outputs(resources);
  std::vector<xcb_randr_get_output_info_cookie_t> cookies;
  for (int i = 0; i < resources->num_outputs; ++i) {
    cookies.push_back(xcb_randr_get_output_info(x, ids[i], resources->config_timestamp));
  }
  std::vector<RandrOutput> outputs;
  for (int i = 0; i < resources->num_outputs; ++i) {
    const XcbPtr<xcb_randr_get_output_info_reply_t> info(xcb_randr_get_output_info_reply(x, cookies[i], nullptr));
    if (info == nullptr || info->num_crtcs == 0) continue;
    // The dummy driver calls all but its first output disconnected while they are off, and drives them all the same.
    if (outputs.empty() && info->connection == XCB_RANDR_CONNECTION_DISCONNECTED) continue;
    RandrOutput output{.id = ids[i], .crtcs = {}, .modes = {}, .crtc = info->crtc};
    const xcb_randr_crtc_t* const crtcs = xcb_randr_get_output_info_crtcs(info.get());
    output.crtcs.assign(crtcs, crtcs + info->num_crtcs);
    const xcb_randr_mode_t* const modes = xcb_randr_get_output_info_modes(info.get());
    output.modes.assign(modes, modes + info->num_modes);
    outputs.push_back(std::move(output));
  }
  if (xcb_connection_has_error(x) != 0) return display.failure("GetOutputInfo");
  return outputs;
}

}  // namespace

Result<RandrSetup> RandrSetup::read(X11Display& display) {
  xcb_connection_t* const x = display.connection();
  const auto resources = xcb_randr_get_screen_resources_current(x, display.root());
  const auto geometry = xcb_get_geometry(x, display.root());
  RandrSetup setup;
  setup.resources.reset(xcb_randr_get_screen_resources_current_reply(x, resources, nullptr));
  const XcbPtr<xcb_get_geometry_reply_t> root(xcb_get_geometry_reply(x, geometry, nullptr));
  if (setup.resources == nullptr || root == nullptr) return display.failure("GetScreenResources");
  setup.screen = {root->width, root->height};
  setup.outputs = TRY(read_outputs(display, setup.resources.get()));
  std::vector<xcb_randr_get_crtc_info_cookie_t> cookies;
  for (const RandrOutput& output : setup.outputs) {
    if (output.crtc != 0) cookies.push_back(xcb_randr_get_crtc_info(x, output.crtc, setup.time()));
  }
  auto cookie = cookies.begin();
  for (RandrOutput& output : setup.outputs) {
    if (output.crtc == 0) continue;
    const XcbPtr<xcb_randr_get_crtc_info_reply_t> crtc(xcb_randr_get_crtc_info_reply(x, *cookie++, nullptr));
    if (crtc == nullptr) return display.failure("GetCrtcInfo");
    output.mode = crtc->mode;
    output.area = intersect({crtc->x, crtc->y, crtc->width, crtc->height}, {0, 0, root->width, root->height});
    if (output.mode == 0) output.crtc = 0;
  }
  return setup;
}

const xcb_randr_mode_info_t* RandrSetup::find(xcb_randr_mode_t id) const {
  auto at = xcb_randr_get_screen_resources_current_modes_iterator(resources.get());
  for (; at.rem > 0; xcb_randr_mode_info_next(&at)) {
    if (at.data->id == id) return at.data;
  }
  return nullptr;
}

std::string RandrSetup::name_of(xcb_randr_mode_t id) const {
  const auto* names = reinterpret_cast<const char*>(xcb_randr_get_screen_resources_current_names(resources.get()));
  auto at = xcb_randr_get_screen_resources_current_modes_iterator(resources.get());
  for (; at.rem > 0; xcb_randr_mode_info_next(&at)) {
    if (at.data->id == id) return {names, at.data->name_len};
    names += at.data->name_len;
  }
  return {};
}

std::vector<xcb_randr_mode_t> RandrSetup::all_modes() const {
  std::vector<xcb_randr_mode_t> ids;
  auto at = xcb_randr_get_screen_resources_current_modes_iterator(resources.get());
  for (; at.rem > 0; xcb_randr_mode_info_next(&at)) ids.push_back(at.data->id);
  return ids;
}

std::vector<Monitor> RandrSetup::monitors() const {
  std::vector<Monitor> on;
  for (size_t i = 0; i < std::min(outputs.size(), kMaxMonitors); ++i) {
    if (outputs[i].crtc != 0 && !outputs[i].area.empty()) on.push_back({static_cast<uint32_t>(i), outputs[i].area});
  }
  const Rect whole{0, 0, screen.width, screen.height};
  if (on.empty()) return {{0, whole}};
  if (on.size() == 1) on.front().area = whole;
  return on;
}

}  // namespace vitrine::agent
