// Runs the suites one after another in one process: each starts a whole site, and they share two cores.
import './startup.test.mjs';
import './session.test.mjs';
import './rights.test.mjs';
import './policy.test.mjs';
import './sign_in.test.mjs';
import './film.test.mjs';
import './failure.test.mjs';
import './brokers.test.mjs';
import './resume.test.mjs';
import './clipboard.test.mjs';
import './phone.test.mjs';
import './figures.test.mjs';
import './idle.test.mjs';
import './factors.test.mjs';
import './admin.test.mjs';
import './engines.test.mjs';
