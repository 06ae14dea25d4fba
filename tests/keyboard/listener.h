// A program on a desktop that writes down the keys it gets. Its own file, because Xlib's macros do not go with other
// headers.
#pragma once

namespace vitrine::keyboard {

// Opens a window on $DISPLAY that takes the focus, says {"ready":true}, and prints a line for each key event:
// {"down":true,"repeat":false,"key":"Return","code":36,"state":0}. Ends when its standard input does.
int listen();

}  // namespace vitrine::keyboard
