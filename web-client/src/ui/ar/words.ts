// The words of the users' pages in this language, for the script that runs before them.
import type { Loose } from '../language/areas.js';
import type { Words } from '../language/words.js';
import type { Text } from '../text.js';
import { mainText } from './text.js';
import { accountText } from './text_account.js';
import { comfortText } from './text_comfort.js';
import { displayText } from './text_display.js';
import { keysText } from './text_keys.js';
import { pagesText } from './text_pages.js';
import { poolText } from './text_pool.js';
import { serverWords } from './text_server.js';
import { touchText } from './text_touch.js';

export const user: Loose<Text> = { ...accountText, ...comfortText, ...displayText, ...keysText, ...pagesText, ...poolText, ...touchText, ...mainText };
export const words: Words = { user, server: serverWords };
