#include "host-agent/clipboard/x11_clipboard.h"

#include <algorithm>
#include <utility>

namespace vitrine::agent {
namespace {

// Targets of an owner that are looked at; programs offer some twenty.
constexpr uint32_t kMostTargets = 256;

// Some programs give HTML as UTF-16 with a byte order mark; everything here is UTF-8.
Bytes from_utf16(const Bytes& given) {
  if (given.size() < 2 || given.size() % 2 != 0) return given;
  const bool little = given[0] == 0xff && given[1] == 0xfe;
  const bool big = given[0] == 0xfe && given[1] == 0xff;
  if (!little && !big) return given;
  Bytes text;
  const auto unit = [&](size_t at) -> uint32_t {
    return little ? given[at] | given[at + 1] << 8 : given[at] << 8 | given[at + 1];
  };
  for (size_t at = 2; at + 1 < given.size(); at += 2) {
    uint32_t point = unit(at);
    if (point >= 0xd800 && point < 0xdc00 && at + 3 < given.size()) {
      const uint32_t low = unit(at + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x80) {
      text.push_back(static_cast<uint8_t>(point));
      continue;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    text.push_back(static_cast<uint8_t>(lead[more] | point >> (6 * more)));
    for (int i = more - 1; i >= 0; --i) text.push_back(static_cast<uint8_t>(0x80 | (point >> (6 * i) & 0x3f)));
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<X11Clipboard>> X11Clipboard::create(X11Display& display, Selection selection) {
  std::unique_ptr<X11Clipboard> clipboard(new X11Clipboard(display));
  TRY(clipboard->start(selection));
  return clipboard;
}

X11Clipboard::~X11Clipboard() {
  for (const xcb_window_t window : {window_, reader_}) {
    if (window != 0) xcb_destroy_window(display_.connection(), window);
  }
  xcb_flush(display_.connection());
}

Result<void> X11Clipboard::start(Selection selection) {
  xcb_connection_t* const x = display_.connection();
  xfixes_event_ = TRY(display_.extension(&xcb_xfixes_id, "XFIXES"))->first_event;
  const auto cookie = xcb_xfixes_query_version(x, 5, 0);
  const XcbPtr<xcb_xfixes_query_version_reply_t> version(xcb_xfixes_query_version_reply(x, cookie, nullptr));
  if (!version) return display_.failure("XFIXES");
  is_primary_ = selection == Selection::kPrimary;
  selection_ = TRY(display_.atom(is_primary_ ? "PRIMARY" : "CLIPBOARD"));
  targets_atom_ = TRY(display_.atom("TARGETS"));
  incr_atom_ = TRY(display_.atom("INCR"));
  targets_property_ = TRY(display_.atom("VITRINE_CLIP_TARGETS"));
  content_property_ = TRY(display_.atom("VITRINE_CLIP_CONTENT"));
  targets_ = TRY(ClipTargets::create(display_));
  server_ = TRY(X11ClipServer::create(display_, targets_));
  window_ = xcb_generate_id(x);
  xcb_create_window(x, 0, window_, display_.root(), 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0,
                    nullptr);
  open_reader();
  xcb_xfixes_select_selection_input(x, window_, selection_,
                                    XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
                                        XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
                                        XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
  display_.on_event([this](const xcb_generic_event_t& event) { handle_event(event); });
  // What was copied before the agent came.
  if (!is_primary_) xcb_convert_selection(x, window_, selection_, targets_atom_, targets_property_, XCB_CURRENT_TIME);
  xcb_flush(x);
  return state();
}

void X11Clipboard::open_reader() {
  xcb_connection_t* const x = display_.connection();
  const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
  reader_ = xcb_generate_id(x);
  xcb_create_window(x, 0, reader_, display_.root(), 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
                    XCB_CW_EVENT_MASK, &events);
}

// The ICCCM has no word for it, but an owner watches the window it gives increments to and stops when that is gone.
void X11Clipboard::stop_fetching() {
  if (std::exchange(fetching_, 0) == 0) return;
  in_increments_ = false;
  content_ = {};
  xcb_destroy_window(display_.connection(), reader_);
  open_reader();
  xcb_flush(display_.connection());
}

Result<void> X11Clipboard::state() const {
  if (xcb_connection_has_error(display_.connection()) != 0) return display_.failure("clipboard");
  return {};
}

void X11Clipboard::handle_event(const xcb_generic_event_t& event) {
  const uint8_t type = event.response_type & 0x7f;
  const auto as = [&event]<class E>(E) -> const E& { return reinterpret_cast<const E&>(event); };
  if (type == xfixes_event_ + XCB_XFIXES_SELECTION_NOTIFY) {
    owner_changed(as(xcb_xfixes_selection_notify_event_t{}));
  } else if (type == XCB_SELECTION_NOTIFY) {
    const auto& notify = as(xcb_selection_notify_event_t{});
    if (notify.requestor == window_ || notify.requestor == reader_) converted(notify);
  } else if (type == XCB_SELECTION_REQUEST) {
    const auto& request = as(xcb_selection_request_event_t{});
    if (request.owner != window_) return;
    if (const uint32_t format = server_->handle_request(request); format != 0) {
      events_.emplace_back(ClipRequested{format});
    }
  } else if (type == XCB_PROPERTY_NOTIFY) {
    const auto& notify = as(xcb_property_notify_event_t{});
    if (notify.window != reader_) return server_->handle_property(notify);
    const bool next = notify.atom == content_property_ && notify.state == XCB_PROPERTY_NEW_VALUE;
    if (next && in_increments_ && fetching_ != 0) read_content();
  } else if (type == XCB_DESTROY_NOTIFY) {
    server_->handle_destroyed(as(xcb_destroy_notify_event_t{}).window);
  }
}

void X11Clipboard::owner_changed(const xcb_xfixes_selection_notify_event_t& event) {
  if (event.selection != selection_ || event.owner == window_) return;
  own_ = false;
  stop_fetching();
  server_->begin(0, XCB_CURRENT_TIME);
  if (event.owner == XCB_NONE) {
    offered_.clear();
    events_.emplace_back(ClipOffered{0});
    return;
  }
  if (is_primary_) {
    offered_ = {targets_.text.front()};
    events_.emplace_back(ClipOffered{kClipText});
    return;
  }
  xcb_convert_selection(display_.connection(), window_, selection_, targets_atom_, targets_property_,
                        event.selection_timestamp);
  xcb_flush(display_.connection());
}

void X11Clipboard::converted(const xcb_selection_notify_event_t& event) {
  if (event.target == targets_atom_) {
    // An answer of the owner before is late once the clipboard is the agent's.
    if (event.property != XCB_NONE && !own_) read_targets();
    return;
  }
  // What comes for a window of before was given up.
  if (event.requestor != reader_ || targets_.format_of(event.target) != fetching_) return;
  if (event.property == XCB_NONE) return fetched(false, 0);
  read_content();
}

void X11Clipboard::read_targets() {
  xcb_connection_t* const x = display_.connection();
  const auto cookie = xcb_get_property(x, 1, window_, targets_property_, XCB_GET_PROPERTY_TYPE_ANY, 0, kMostTargets);
  const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(x, cookie, nullptr));
  if (reply == nullptr || reply->format != 32) return;
  const auto* const atoms = static_cast<const xcb_atom_t*>(xcb_get_property_value(reply.get()));
  offered_.assign(atoms, atoms + reply->value_len);
  ClipOffered offer;
  for (const xcb_atom_t atom : offered_) offer.formats |= targets_.format_of(atom);
  events_.emplace_back(offer);
}

Result<void> X11Clipboard::fetch(uint32_t format) {
  stop_fetching();
  fetching_ = format;
  if (format == 0) return state();
  for (const xcb_atom_t target : targets_.of(format)) {
    if (std::ranges::find(offered_, target) == offered_.end()) continue;
    xcb_delete_property(display_.connection(), reader_, content_property_);
    xcb_convert_selection(display_.connection(), reader_, selection_, target, content_property_, XCB_CURRENT_TIME);
    xcb_flush(display_.connection());
    return state();
  }
  fetched(false, 0);
  return {};
}

void X11Clipboard::read_content() {
  xcb_connection_t* const x = display_.connection();
  constexpr uint32_t kWords = kMaxClipboard / 4 + 1;
  const auto cookie = xcb_get_property(x, 1, reader_, content_property_, XCB_GET_PROPERTY_TYPE_ANY, 0, kWords);
  const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(x, cookie, nullptr));
  if (reply == nullptr) return fetched(false, 0);
  if (!in_increments_ && reply->type == incr_atom_) {
    // Its value is how much there is at least; the deletion of this property asked for the first one.
    const bool told = reply->format == 32 && reply->value_len > 0;
    const uint32_t least = told ? *static_cast<const uint32_t*>(xcb_get_property_value(reply.get())) : 0;
    in_increments_ = true;
    if (least > kMaxClipboard) fetched(false, least);
    return;
  }
  const auto* const bytes = static_cast<const uint8_t*>(xcb_get_property_value(reply.get()));
  const auto count = static_cast<size_t>(xcb_get_property_value_length(reply.get()));
  const size_t size = content_.size() + count + reply->bytes_after;
  if (size > kMaxClipboard) return fetched(false, size);
  content_.insert(content_.end(), bytes, bytes + count);
  if (!in_increments_ || count == 0) fetched(true, 0);
}

void X11Clipboard::fetched(bool usable, size_t too_large) {
  ClipFetched answer{.format = fetching_, .content = {}, .too_large = too_large};
  Bytes content = std::exchange(content_, {});
  if (usable)
    fetching_ = 0;
  else
    stop_fetching();
  in_increments_ = false;
  if (usable) {
    // Old programs end a text with a zero.
    if (answer.format != kClipImage) content = from_utf16(content);
    while (answer.format != kClipImage && !content.empty() && content.back() == 0) content.pop_back();
    answer.content = std::make_shared<const Bytes>(std::move(content));
  }
  events_.emplace_back(std::move(answer));
}

Result<void> X11Clipboard::own(uint32_t formats) {
  own_ = true;
  stop_fetching();
  offered_.clear();
  server_->begin(formats, XCB_CURRENT_TIME);
  // The server takes the time of now: a key that follows on this connection finds the new owner in its place.
  xcb_set_selection_owner(display_.connection(), window_, selection_, XCB_CURRENT_TIME);
  xcb_flush(display_.connection());
  return state();
}

Result<void> X11Clipboard::provide(uint32_t format, ClipContent content) {
  server_->provide(format, std::move(content));
  return state();
}

Result<std::vector<ClipEvent>> X11Clipboard::take_events() {
  return std::exchange(events_, {});
}

}  // namespace vitrine::agent
