import { words } from '../../de/words.js';
import { adminText } from './text_admin.js';

globalThis.vitrineWords = { ...words, admin: adminText };
