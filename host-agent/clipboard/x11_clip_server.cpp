#include "host-agent/clipboard/x11_clip_server.h"

#include <algorithm>

namespace vitrine::agent {
namespace {

// Programs that wait for content, and that are being given some; the oldest of one more is let down.
constexpr size_t kMostWaiting = 32;
constexpr size_t kMostTransfers = 16;
// What one increment holds at most: no longer than a blink for the X server.
constexpr size_t kIncrement = 256 * 1024;

Result<std::vector<xcb_atom_t>> atoms(X11Display& display, std::initializer_list<const char*> names) {
  std::vector<xcb_atom_t> result;
  for (const char* name : names) result.push_back(TRY(display.atom(name)));
  return result;
}

}  // namespace

Result<ClipTargets> ClipTargets::create(X11Display& display) {
  ClipTargets targets;
  targets.text = TRY(atoms(display, {"UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"}));
  targets.html = TRY(atoms(display, {"text/html"}));
  targets.image = TRY(atoms(display, {"image/png"}));
  return targets;
}

uint32_t ClipTargets::format_of(xcb_atom_t target) const {
  for (const uint32_t format : {kClipText, kClipHtml, kClipImage}) {
    if (std::ranges::find(of(format), target) != of(format).end()) return format;
  }
  return 0;
}

const std::vector<xcb_atom_t>& ClipTargets::of(uint32_t format) const {
  return format == kClipText ? text : format == kClipHtml ? html : image;
}

Result<std::unique_ptr<X11ClipServer>> X11ClipServer::create(X11Display& display, const ClipTargets& targets) {
  std::unique_ptr<X11ClipServer> server(new X11ClipServer(display, targets));
  server->targets_atom_ = TRY(display.atom("TARGETS"));
  server->timestamp_atom_ = TRY(display.atom("TIMESTAMP"));
  server->incr_atom_ = TRY(display.atom("INCR"));
  const size_t request = size_t{xcb_get_maximum_request_length(display.connection())} * 4;
  server->largest_property_ = std::min(request - 1024, kIncrement);
  return server;
}

void X11ClipServer::begin(uint32_t formats, xcb_timestamp_t since) {
  for (const auto& request : std::exchange(waiting_, {})) answer(request, false);
  formats_ = formats;
  since_ = since;
  contents_.clear();  // transfers that run keep theirs
}

void X11ClipServer::provide(uint32_t format, ClipContent content) {
  if (content == nullptr) {
    formats_ &= ~format;
    return refuse(format);
  }
  contents_[format] = content;
  for (const auto& request : std::exchange(waiting_, {})) {
    if (targets_.format_of(request.target) == format)
      put_content(request, content);
    else
      waiting_.push_back(request);
  }
  xcb_flush(display_.connection());
}

void X11ClipServer::refuse(uint32_t format) {
  for (const auto& request : std::exchange(waiting_, {})) {
    if (targets_.format_of(request.target) == format)
      answer(request, false);
    else
      waiting_.push_back(request);
  }
}

uint32_t X11ClipServer::handle_request(const xcb_selection_request_event_t& given) {
  xcb_selection_request_event_t request = given;
  // Programs of before ICCCM leave the property to the owner.
  if (request.property == XCB_NONE) request.property = request.target;
  if (request.target == targets_atom_ || request.target == timestamp_atom_) {
    answer(request, put_targets(request));
    return 0;
  }
  const uint32_t format = targets_.format_of(request.target);
  if ((format & formats_) == 0) {
    answer(request, false);
    return 0;
  }
  if (const auto known = contents_.find(format); known != contents_.end()) {
    put_content(request, known->second);
    xcb_flush(display_.connection());
    return 0;
  }
  if (waiting_.size() == kMostWaiting) {
    answer(waiting_.front(), false);
    waiting_.pop_front();
  }
  waiting_.push_back(request);
  return format;
}

bool X11ClipServer::put_targets(const xcb_selection_request_event_t& request) const {
  std::vector<uint32_t> values;
  xcb_atom_t type = XCB_ATOM_ATOM;
  if (request.target == timestamp_atom_) {
    values = {since_};
    type = XCB_ATOM_INTEGER;
  } else {
    values = {targets_atom_, timestamp_atom_};
    for (const uint32_t format : {kClipText, kClipHtml, kClipImage}) {
      if ((formats_ & format) != 0) values.insert(values.end(), targets_.of(format).begin(), targets_.of(format).end());
    }
  }
  xcb_change_property(display_.connection(), XCB_PROP_MODE_REPLACE, request.requestor, request.property, type, 32,
                      static_cast<uint32_t>(values.size()), values.data());
  return true;
}

void X11ClipServer::put_content(const xcb_selection_request_event_t& request, const ClipContent& content) {
  xcb_connection_t* const x = display_.connection();
  if (content->size() <= largest_property_) {
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, request.requestor, request.property, request.target, 8,
                        static_cast<uint32_t>(content->size()), content->data());
    return answer(request, true);
  }
  if (transfers_.size() == kMostTransfers) {
    finish(transfers_.front());
    transfers_.pop_front();
  }
  const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(x, request.requestor, XCB_CW_EVENT_MASK, &events);
  const auto total = static_cast<uint32_t>(content->size());
  xcb_change_property(x, XCB_PROP_MODE_REPLACE, request.requestor, request.property, incr_atom_, 32, 1, &total);
  transfers_.push_back({request.requestor, request.property, request.target, content, 0});
  answer(request, true);
}

void X11ClipServer::handle_property(const xcb_property_notify_event_t& event) {
  if (event.state != XCB_PROPERTY_DELETE) return;
  const auto found = std::ranges::find_if(transfers_, [&](const Transfer& transfer) {
    return transfer.requestor == event.window && transfer.property == event.atom;
  });
  if (found == transfers_.end()) return;
  const size_t count = std::min(largest_property_, found->content->size() - found->sent);
  // The last one is empty and says that this is all.
  xcb_change_property(display_.connection(), XCB_PROP_MODE_REPLACE, found->requestor, found->property, found->target, 8,
                      static_cast<uint32_t>(count), found->content->data() + found->sent);
  found->sent += count;
  if (count == 0) {
    finish(*found);
    transfers_.erase(found);
  }
  xcb_flush(display_.connection());
}

void X11ClipServer::handle_destroyed(xcb_window_t window) {
  std::erase_if(transfers_, [window](const Transfer& transfer) { return transfer.requestor == window; });
}

void X11ClipServer::finish(const Transfer& transfer) const {
  const uint32_t no_events = XCB_EVENT_MASK_NO_EVENT;
  xcb_change_window_attributes(display_.connection(), transfer.requestor, XCB_CW_EVENT_MASK, &no_events);
}

void X11ClipServer::answer(const xcb_selection_request_event_t& request, bool granted) const {
  xcb_selection_notify_event_t event{};
  event.response_type = XCB_SELECTION_NOTIFY;
  event.time = request.time;
  event.requestor = request.requestor;
  event.selection = request.selection;
  event.target = request.target;
  event.property = granted ? request.property : static_cast<xcb_atom_t>(XCB_NONE);
  char raw[32] = {};
  static_assert(sizeof event <= sizeof raw);
  std::copy_n(reinterpret_cast<const char*>(&event), sizeof event, raw);
  xcb_send_event(display_.connection(), 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, raw);
  xcb_flush(display_.connection());
}

}  // namespace vitrine::agent
