// A program on the desktop of a test: a window with the focus that writes down what it gets, as an editor would
// understand it. Its own file, because Xlib's macros do not go with other headers.
#pragma once

#include <string>

struct _XDisplay;

namespace vitrine::agent {

class Editor {
 public:
  explicit Editor(const std::string& display_name);
  ~Editor();
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  std::string text;       // characters; keys that type none as <Name>
  std::string shortcuts;  // "C-c " for c with Control; A- is Alt, S- is Super
  std::string buttons;    // "+1 -1 "
  int releases = 0;
  unsigned long last_keysym = 0;
  unsigned modifiers = 0;  // X's mask, when read() was called

  // Reads all that the server has sent so far.
  void read();

 private:
  void handle_key(void* event);

  _XDisplay* display_;
  unsigned long window_ = 0;
};

}  // namespace vitrine::agent
