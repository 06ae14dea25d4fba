import { words } from '../../de/words.js';
import { adminText } from './text_admin.js';
import { adminServerWords } from './text_admin_server.js';

globalThis.vitrineWords = { ...words, admin: adminText, server: { ...words.server, ...adminServerWords } };
