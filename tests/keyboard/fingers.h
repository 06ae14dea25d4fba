// Fingers on the keys of an X display, by XTEST.
#pragma once

namespace vitrine::keyboard {

// Reads lines of words and answers each with "done" once the server has taken it: "+50" presses a keycode, "-50" lifts
// it, "38" taps it. Ends with the input, or with a sentence on standard error and 1 at a word it does not know.
int press_from_input();

}  // namespace vitrine::keyboard
