/** Entry of every page: wires htmx to the server's rules and registers the custom elements. */
import "./lib/csrf.js";
import "./lib/toast.js";
import "./lib/session.js";
import "./lib/focus.js";
import "./lib/shell.js";
import "./lib/keys.js";
import "./lib/palette.js";
import "./lib/clock.js";
import "./lib/stream.js";
import "./components/menu.js";
import "./components/tabs.js";
import "./components/counter.js";
import "./components/draft.js";
import "./components/calendar.js";
import "./components/chart.js";
import "./components/pick.js";
import "./components/matrix.js";
