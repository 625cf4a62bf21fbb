/** The custom elements get their names here. Dialogs name themselves when they are first loaded. */

import { AppElement } from "./app.ts";
import { DropAreaElement } from "./drop-area.ts";
import { FileListElement } from "./file-list.ts";
import { HashingElement } from "./hashing-list.ts";
import { HomeElement } from "./home.ts";
import { PeerTableElement } from "./peer-table.ts";
import { PieceMapElement } from "./piece-map.ts";
import { RateGraphElement } from "./rate-graph.ts";
import { SenderNoteElement } from "./sender-note.ts";
import { ShareElement } from "./share.ts";
import { ShareLinksElement } from "./share-links.ts";
import { ShareListElement } from "./share-list.ts";
import { TrackerListElement } from "./tracker-list.ts";

customElements.define("shoal-app", AppElement);
customElements.define("shoal-home", HomeElement);
customElements.define("shoal-drop-area", DropAreaElement);
customElements.define("shoal-share-list", ShareListElement);
customElements.define("shoal-hashing", HashingElement);
customElements.define("shoal-share", ShareElement);
customElements.define("shoal-sender-note", SenderNoteElement);
customElements.define("shoal-links", ShareLinksElement);
customElements.define("shoal-files", FileListElement);
customElements.define("shoal-peers", PeerTableElement);
customElements.define("shoal-trackers", TrackerListElement);
customElements.define("shoal-rate-graph", RateGraphElement);
customElements.define("shoal-piece-map", PieceMapElement);
