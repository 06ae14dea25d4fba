// A connection to an X server, shared by the screen and the hands of one desktop so that what they ask happens in the
// order they ask it: a pointer that is looked up after it was moved is where it was moved to.
#pragma once

#include <xcb/xcb.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::agent {

// xcb replies, events and errors come from malloc.
struct Freed {
  void operator()(void* pointer) const { std::free(pointer); }
};
template <class T>
using XcbPtr = std::unique_ptr<T, Freed>;

// One thread. Losing the server is an error of the next call, never an exit of the process (which is why this is xcb).
class X11Display {
 public:
  // `name` as in $DISPLAY; empty takes $DISPLAY. Errors: unavailable, unsupported; the sentence names the display.
  static Result<std::unique_ptr<X11Display>> connect(const std::string& name);
  ~X11Display();
  X11Display(const X11Display&) = delete;
  X11Display& operator=(const X11Display&) = delete;

  [[nodiscard]] xcb_connection_t* connection() const { return connection_; }
  [[nodiscard]] const xcb_screen_t& screen() const { return *screen_; }
  [[nodiscard]] xcb_window_t root() const { return screen_->root; }
  // Readable when the server has sent something. Replies are read together with events, so events may also wait in
  // memory: dispatch_unread() before every wait.
  [[nodiscard]] int fd() const { return xcb_get_file_descriptor(connection_); }

  // Errors: unsupported, naming the extension.
  Result<const xcb_query_extension_reply_t*> extension(xcb_extension_t* id, const char* name);
  Result<xcb_atom_t> atom(const std::string& name);

  // Every handler sees every event.
  using Handler = std::function<void(const xcb_generic_event_t&)>;
  void on_event(Handler handler) { handlers_.push_back(std::move(handler)); }
  // Hands out the events that are there, without waiting. Error: closed, when the server is gone.
  Result<void> dispatch();
  // Hands out the events that came along with replies since. They lie in memory, so that waiting for fd() would miss
  // them: to be called before every wait. False when there were none.
  bool dispatch_unread();

  // The error to return when a reply did not come.
  [[nodiscard]] Error failure(const char* request) const;

 private:
  X11Display(xcb_connection_t* connection, const xcb_screen_t* screen, std::string name);

  xcb_connection_t* connection_;
  const xcb_screen_t* screen_;
  std::string name_;
  std::vector<Handler> handlers_;
};

}  // namespace vitrine::agent
